/** The API of people: signing in, members, invitations, passkeys, workspaces. */
import { at } from "../addresses.js";
import { call } from "../api.js";

const id = encodeURIComponent;
const get = (path, query) => call("GET", at(path, query));
const post = (path, json = {}) => call("POST", path, { json });

export const entering = {
  offers: () => get("/api/sign-in"),
  options: () => post("/api/sign-in/options"),
  atProvider: (invitation) => post("/api/sign-in/oidc", invitation ? { invitation } : {}),
  withPasskey: (credential, invitation) => post("/api/sign-in/passkey", { credential, ...(invitation && { invitation }) }),
};

export const identities = {
  list: () => get("/api/identities"),
  link: () => post("/api/identities"),
  unlink: (identityId) => call("DELETE", `/api/identities/${id(identityId)}`),
};

export const joining = {
  open: (invitation) => post("/api/invitations/open", { invitation }),
  options: (document) => post("/api/invitations/options", document),
  join: (document) => post("/api/invitations/join", document),
};

export const members = {
  list: (cursor) => get("/api/members", { limit: 100, cursor }),
  change: (memberId, role) => call("PATCH", `/api/members/${id(memberId)}`, { json: { role } }),
  remove: (memberId) => call("DELETE", `/api/members/${id(memberId)}`),
};

export const invitations = {
  list: (cursor) => get("/api/invitations", { limit: 100, cursor }),
  create: (document) => post("/api/invitations", document),
  revoke: (invitationId) => call("DELETE", `/api/invitations/${id(invitationId)}`),
};

export const passkeys = {
  list: () => get("/api/passkeys"),
  options: () => post("/api/passkeys/options"),
  add: (document) => post("/api/passkeys", document),
  rename: (passkeyId, name) => call("PATCH", `/api/passkeys/${id(passkeyId)}`, { json: { name } }),
  remove: (passkeyId) => call("DELETE", `/api/passkeys/${id(passkeyId)}`),
};

export const workspaces = {
  list: () => get("/api/workspaces", { limit: 100 }),
  create: (name) => post("/api/workspaces", { name }),
  switchTo: (workspaceId) => post("/api/session/workspace", { workspaceId }),
};
