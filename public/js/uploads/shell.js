/** Uploads in the shell: their tray, which is loaded once the first view is there. */
import { html, useEffect, useState } from "../../vendor/htm-preact.js";
import { language } from "../i18n.js";
import { loadPart } from "../loading.js";
import { rest } from "../rest.js";

const AGAIN_MS = 5000;

export function UploadTray({ user }) {
  const [module, setModule] = useState(null);
  useEffect(() => {
    let timer = 0;
    let isLeft = false;
    const load = () => loadPart("uploads/tray", language(), () => import("./tray.js")).then(setModule, () => {
      timer = setTimeout(load, AGAIN_MS);
    });
    rest().then(() => isLeft || load());
    return () => {
      isLeft = true;
      clearTimeout(timer);
    };
  }, []);
  return module && html`<${module.Tray} user=${user} />`;
}
