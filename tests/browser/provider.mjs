/**
 * A certified OpenID provider (npm `oidc-provider`) for tests: whoever types a name is that person, nobody is asked for
 * consent. It holds requests to the standard: PKCE, the client's secret, the redirect address, codes that count once.
 */
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const CALLBACK = /^http:\/\/(127\.0\.0\.1|localhost):\d+\/api\/sign-in\/oidc\/callback$/;
const [clientId, clientSecret] = process.argv.slice(2);

const key = (kid, alg, ...kind) => ({ ...generateKeyPairSync(...kind).privateKey.export({ format: "jwk" }), kid, alg, use: "sig" });

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [`${issuer}/none`], id_token_signed_response_alg: "ES256" }],
    jwks: { keys: [key("one", "RS256", "rsa", { modulusLength: 2048 }), key("two", "ES256", "ec", { namedCurve: "P-256" })] },
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
    if (!pathname.startsWith("/interaction/")) return answer(request, response);
    const name = searchParams.get("name");
    if (name) return provider.interactionFinished(request, response, { login: { accountId: name } });
    response.setHeader("content-type", "text/html");
    return response.end('<!doctype html><title>Provider</title><form><label>Name <input name="name"></label> <button>Log in</button></form>');
  });
  console.log(issuer);
});
