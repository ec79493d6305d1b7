/** Passkeys in this browser: the server's options in, what the authenticator says out, both as JSON. */

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** The options with bytes where WebAuthn wants bytes. */
export function withBytes(options) {
  const described = (list = []) => list.map((one) => ({ ...one, id: toBytes(one.id) }));
  return {
    ...options,
    challenge: toBytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: toBytes(options.user.id) } }),
    ...(options.excludeCredentials && { excludeCredentials: described(options.excludeCredentials) }),
    ...(options.allowCredentials && { allowCredentials: described(options.allowCredentials) }),
  };
}

/** Make a passkey; null where the person did not want to. */
export async function makePasskey(options) {
  const credential = await willing(() => navigator.credentials.create({ publicKey: withBytes(options) }));
  if (!credential) return null;
  const { response } = credential;
  const known = ["usb", "nfc", "ble", "smart-card", "hybrid", "internal"];
  return {
    clientData: toText(response.clientDataJSON),
    attestation: toText(response.attestationObject),
    transports: (response.getTransports?.() ?? []).filter((one) => known.includes(one)),
  };
}

/** Sign with a passkey; null where the person did not want to. */
export async function usePasskey(options) {
  const credential = await willing(() => navigator.credentials.get({ publicKey: withBytes(options) }));
  if (!credential) return null;
  const { response } = credential;
  return {
    credentialId: credential.id,
    clientData: toText(response.clientDataJSON),
    authenticatorData: toText(response.authenticatorData),
    signature: toText(response.signature),
    userHandle: toText(response.userHandle ?? new ArrayBuffer(0)),
  };
}

async function willing(ask) {
  try {
    return await ask();
  } catch (error) {
    // Also where there is no passkey: browsers don't tell a page which of the two it was.
    if (error.name === "NotAllowedError" || error.name === "AbortError") return null;
    throw error;
  }
}

/** What a passkey made here may be called. */
export function deviceName(platform = navigator.userAgentData?.platform ?? navigator.platform ?? "") {
  const brand = navigator.userAgentData?.brands?.find(({ brand: one }) => !/not.?a.?brand|chromium/i.test(one))?.brand;
  return [brand, platform].filter(Boolean).join(", ").slice(0, 100) || "Passkey";
}
