/**
 * A certified OpenID provider (npm `oidc-provider`) for tests: whoever types a name is that person, nobody is asked for
 * consent. It holds requests to the standard: PKCE, the client's secret, the redirect address, codes that count once.
 * Of people with the names in LIES its ID tokens are changed, and signed again.
 */
import { generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const CALLBACK = /^http:\/\/(127\.0\.0\.1|localhost):\d+\/api\/sign-in\/oidc\/callback$/;
const [clientId, clientSecret] = process.argv.slice(2);

const key = (kid, alg, pair) => ({ ...pair.privateKey.export({ format: "jwk" }), kid, alg, use: "sig" });
const onP256 = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
const [own, other] = [onP256(), onP256()];

const LIES = {
  "wrong-nonce": { claims: { nonce: "another" } },
  "wrong-audience": { claims: { aud: "another" } },
  "wrong-issuer": { claims: { iss: "https://id.example.com" } },
  "wrong-key": { pair: other },
  "expired": { claims: { exp: 1 } },
  "unsigned": { header: { alg: "none" } },
};

/** The token as it is, or as the lie of its person has it. */
function told(token) {
  const [header, claims] = token.split(".").slice(0, 2).map((part) => JSON.parse(Buffer.from(part, "base64url")));
  const lie = LIES[claims.sub];
  if (!lie) return token;
  const parts = [{ ...header, ...lie.header }, { ...claims, ...lie.claims }];
  const message = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  if (lie.header) return `${message}.`;
  const signature = sign("sha256", Buffer.from(message), { key: (lie.pair ?? own).privateKey, dsaEncoding: "ieee-p1363" });
  return `${message}.${signature.toString("base64url")}`;
}

/** Have the token endpoint's answer changed before it goes out. */
function changed(response) {
  const end = response.end.bind(response);
  response.end = (body) => {
    const document = JSON.parse(body);
    if (document.id_token) document.id_token = told(document.id_token);
    const text = JSON.stringify(document);
    response.setHeader("content-length", Buffer.byteLength(text));
    return end(text);
  };
}

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [`${issuer}/none`], id_token_signed_response_alg: "ES256" }],
    jwks: { keys: [key("one", "RS256", generateKeyPairSync("rsa", { modulusLength: 2048 })), key("two", "ES256", own)] },
    cookies: { keys: ["a test's own"] },
    claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, name: sub, email: `${sub.toLowerCase()}@example.org`, email_verified: true }) }),
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
  });
  provider.Client.prototype.redirectUriAllowed = (uri) => CALLBACK.test(uri);
  const answer = provider.callback();
  server.on("request", async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, issuer);
    if (pathname === "/token") changed(response);
    if (!pathname.startsWith("/interaction/")) return answer(request, response);
    const name = searchParams.get("name");
    if (name) return provider.interactionFinished(request, response, { login: { accountId: name } });
    response.setHeader("content-type", "text/html");
    return response.end('<!doctype html><title>Provider</title><form><label>Name <input name="name"></label> <button>Log in</button></form>');
  });
  console.log(issuer);
  process.stdin.on("end", () => process.exit()).resume();
});
