/** Light, dark, or as the system is. */
import { read, write } from "./i18n.js";

const KEY = "media-jobs-theme";

export const theme = () => {
  const stored = read(KEY);
  return ["light", "dark"].includes(stored) ? stored : "auto";
};

export function setTheme(wanted) {
  write(KEY, wanted);
  showTheme();
}

export function showTheme() {
  document.documentElement.dataset.theme = theme();
}
