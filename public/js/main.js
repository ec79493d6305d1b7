/** The shell: who is signed in, where the page is, and which view is shown. */
import { html, render, useEffect, useRef, useState } from "../vendor/htm-preact.js";
import { partOf, viewOf } from "./addresses.js";
import { forgetAsked, noteEntered } from "./ahead.js";
import { session } from "./api.js";
import { setOwner } from "./drafts/owner.js";
import { SignInOver } from "./drafts/signinover.js";
import { SignOut } from "./drafts/signout.js";
import { loadEngines } from "./engines.js";
import { useLanguage, useRoute } from "./hooks.js";
import { LANGUAGES, language, setLanguage, t, useServerWords, wantedLanguage } from "./i18n.js";
import { fetchOthers, loadPart } from "./loading.js";
import { onPastedLink } from "./paste.js";
import { comeBack } from "./people/back.js";
import { Workspaces } from "./people/workspaces.js";
import { arrive, followPlaces, place } from "./places.js";
import { rest } from "./rest.js";
import { useAttention } from "./results/shell.js";
import { go, link } from "./router.js";
import { setTheme, showTheme, theme } from "./theme.js";
import { Button, Icon, LoadTrouble, Skeletons, Trouble } from "./ui.js";
import { UploadTray } from "./uploads/shell.js";
import { SignIn } from "./views/signin.js";

const VIEWS = {
  library: () => import("./views/library.js"),
  media: () => import("./views/media.js"),
  subtitles: () => import("./views/editor.js"),
  transcript: () => import("./views/transcript.js"),
  compare: () => import("./views/compare.js"),
  new: () => import("./views/new.js"),
  video: () => import("./views/video.js"),
  jobs: () => import("./views/jobs.js"),
  job: () => import("./views/job.js"),
  runs: () => import("./views/runs.js"),
  run: () => import("./views/run.js"),
  subscriptions: () => import("./views/subscriptions.js"),
  settings: () => import("./views/settings.js"),
  status: () => import("./views/status.js"),
  join: () => import("./views/join.js"),
};
const NAVIGATION = [
  ["library", "library"],
  ["jobs", "jobs"],
  ["settings", "settings"],
];

function View({ name, route, user }) {
  const [module, setModule] = useState(null);
  const [error, setError] = useState(null);
  const wanted = useRef(name);
  wanted.current = name;
  const load = () => {
    setError(null);
    // Who has gone on meanwhile wants another view than the one that comes now.
    const still = (set) => (value) => wanted.current === name && set(value);
    loadPart(partOf(name), language(), VIEWS[name]).then(still(setModule), still(setError));
  };
  useEffect(load, [name]);
  useEffect(() => {
    // As after a page load: what reads aloud begins at the heading.
    if (module && !document.activeElement?.closest?.("main")) document.querySelector("main h1")?.focus({ preventScroll: true });
  }, [module, route.segments.join("/")]);
  const where = place();
  useEffect(() => {
    if (module?.name === name) arrive();
  }, [module, where]);
  useEffect(() => {
    if (!module) return;
    useServerWords().catch(() => {}); // They are asked for again when they are needed.
    rest().then(() => fetchOthers(language()));
  }, [Boolean(module), language()]);
  if (error) return html`<div class="page"><${LoadTrouble} error=${error} onRetry=${load} /></div>`;
  if (!module || module.name !== name) return html`<div class="page"><${Skeletons} count=${4} /></div>`;
  return html`<${module.View} key=${route.segments.join("/")} ...${{ route, user }} />`;
}

function Navigation({ current }) {
  return html`<nav class="navigation" aria-label=${t("nav.main")}>
    ${NAVIGATION.map(([key, icon]) => html`<a key=${key} href=${link(key)} aria-current=${key === current ? "page" : undefined}>
      <${Icon} name=${icon} /><span>${t(`nav.${key}`)}</span></a>`)}
    <a class="nav-new" href=${link("new")} aria-current=${current === "new" ? "page" : undefined}>
      <${Icon} name="plus" /><span>${t("nav.new")}</span></a>
  </nav>`;
}

function Choices() {
  const [chosen, setChosen] = useState(theme());
  const [error, setError] = useState("");
  const choose = (code) => setLanguage(code, { remember: true }).then(() => setError(""), () => setError(t("error.unreachable")));
  const next = { auto: "light", light: "dark", dark: "auto" }[chosen];
  const other = Object.keys(LANGUAGES).find((code) => code !== language());
  return html`<div class="choices">
    <${Button} kind="quiet" icon="globe" lang=${other === "zh" ? "zh-Hans" : other} onClick=${() => choose(other)}>${LANGUAGES[other]}<//>
    <${Button} kind="quiet" icon="sun" aria-label=${t("nav.theme", { theme: t(`theme.${chosen}`) })} onClick=${() => {
      setTheme(next);
      setChosen(next);
    }}>${t(`theme.${chosen}`)}<//>${error && html`<p class="form-error" role="alert">${error}</p>`}</div>`;
}

function App() {
  useLanguage();
  const route = useRoute();
  const [user, setUser] = useState(undefined); // undefined: not known yet.
  const [error, setError] = useState(null);
  const again = useRef(null); // The session, while somebody is signed in.
  const enter = (document) => {
    setOwner(document);
    return loadEngines().then(() => setUser(document));
  };
  const ask = () => {
    setError(null);
    session.get().then(enter).catch((problem) => {
      if (problem.status !== 401) return setError(problem);
      noteEntered(false);
      forgetAsked();
      setUser(null);
    });
  };
  useEffect(ask, []);
  useEffect(() => user ? onPastedLink((url) => go("new", "recipe", { url })) : undefined, [Boolean(user)]);
  useAttention(user);
  const [name, current] = viewOf(route.segments);
  useEffect(() => {
    document.title = user ? `${t(`title.${name}`)} · ${t("brand")}` : t("brand");
  }, [name, user, language()]);
  if (error) return html`<main class="page narrow"><${Trouble} error=${error} onRetry=${ask} /></main>`;
  if (name === "join") return html`<div class="entrance"><${View} ...${{ name, route, user }} /><${Choices} /></div>`;
  if (user === undefined) return html`<main class="page narrow" aria-busy="true"></main>`;
  if (user === null) return html`<div class="entrance"><${SignIn} reason="" onSignedIn=${enter} /><${Choices} /></div>`;
  const leave = async () => {
    again.current.left();
    await session.end().catch(() => {});
    setUser(null);
  };
  return html`<div class="shell">
    <a class="skip" href="#main" onClick=${(event) => {
      event.preventDefault();
      document.getElementById("main").focus();
    }}>${t("nav.skip")}</a>
    <header class="side">
      <a class="brand" href=${link("library")}><img src="/icon.svg" alt="" width="28" height="28" /><span>${t("brand")}</span></a>
      <${LinkNew} /><${Navigation} current=${current} />
      <div class="side-foot"><${Workspaces} user=${user} /><a class="reference" href="/reference.html"><${Icon} name="code" />${t("nav.reference")}</a><${Choices} />
        <div class="who"><span title=${user.name}>${user.name}</span><${SignOut} end=${leave} /></div></div>
    </header>
    <main id="main" tabindex="-1"><${View} ...${{ name, route, user }} /></main><${UploadTray} user=${user} /><${SignInOver} sessionRef=${again} /></div>`;
}

const LinkNew = () => html`<a class="button primary new-link" href=${link("new")}><${Icon} name="plus" /><span>${t("nav.new")}</span></a>`;

showTheme();
comeBack();
followPlaces();
addEventListener("hashchange", forgetAsked);
await setLanguage(wantedLanguage());
render(html`<${App} />`, document.getElementById("app"));
