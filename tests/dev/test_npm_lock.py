from dev.npm_lock import PLATFORMS, Lock, complete


def test_a_platform_that_npm_left_out_is_added_with_the_registrys_hash() -> None:
    wanted = dict.fromkeys(PLATFORMS, "1.2.3")
    linux: dict[str, object] = {"version": "1.2.3", "integrity": "sha512-linux"}
    there: dict[str, object] = {"version": "1.2.3", "integrity": "sha512-there"}
    lock: Lock = {
        "packages": {
            "node_modules/workerd": {"optionalDependencies": wanted},
            "node_modules/@cloudflare/workerd-linux-64": linux,
            "node_modules/@cloudflare/workerd-darwin-64": there,
            # As locks had it before: without a hash.
            "node_modules/@cloudflare/workerd-windows-64": {"version": "1.2.3"},
        }
    }

    complete(lock, lambda package: f"sha512-of-{package}")

    found = {path: entry.get("integrity") for path, entry in lock["packages"].items()}
    assert found == {
        "node_modules/@cloudflare/workerd-darwin-64": "sha512-there",
        "node_modules/@cloudflare/workerd-darwin-arm64": (
            "sha512-of-@cloudflare/workerd-darwin-arm64@1.2.3"
        ),
        "node_modules/@cloudflare/workerd-linux-64": "sha512-linux",
        "node_modules/@cloudflare/workerd-windows-64": (
            "sha512-of-@cloudflare/workerd-windows-64@1.2.3"
        ),
        "node_modules/workerd": None,
    }
    assert list(lock["packages"]) == sorted(lock["packages"])
