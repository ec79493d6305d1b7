/** Passkeys belong to a name, never to an address, and not every browser has them. */
export const canUsePasskeys = (host = location.hostname) => "PublicKeyCredential" in globalThis && !/^[\d.]+$|^\[/.test(host);
