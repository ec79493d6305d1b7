/** What went wrong, in words of the page: what a browser says of it is in its own language, and for developers. */
import { ApiError } from "./api.js";
import { t } from "./i18n.js";
import { LoadError } from "./loading.js";

/** The messages of what browsers raise by name. */
const OF_BROWSERS = {
  NotReadableError: "error.file",
  NotFoundError: "error.file",
  InvalidStateError: "error.passkeyKnown",
  SecurityError: "error.passkeyPlace",
};

/** An error whose message a person can read; those that have one stay as they are. */
export function inWords(error) {
  if (error instanceof ApiError || error instanceof LoadError) return error;
  const key = OF_BROWSERS[error?.name];
  return new ApiError(0, "page", key ? t(key) : t("error.page", { reason: error?.message ?? error }));
}
