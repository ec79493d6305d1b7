/** What the shell has of results: that an end is told while nobody looks, loaded when that first happens. */
import { useEffect } from "../../vendor/htm-preact.js";
import { language } from "../i18n.js";
import { loadPart } from "../loading.js";

export function useAttention(user) {
  useEffect(() => {
    if (!user) return undefined;
    let stop = () => {};
    let isLeft = false;
    const load = async () => {
      if (!document.hidden) return;
      document.removeEventListener("visibilitychange", load);
      try {
        const { tellWhenHidden } = await loadPart("results/attention", language(), () => import("./attention.js"));
        if (!isLeft) stop = tellWhenHidden();
      } catch {
        if (!isLeft) document.addEventListener("visibilitychange", load);
      }
    };
    document.addEventListener("visibilitychange", load);
    return () => {
      isLeft = true;
      document.removeEventListener("visibilitychange", load);
      stop();
    };
  }, [Boolean(user)]);
}
