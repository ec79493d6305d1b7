/** Names that the launcher and the host have to agree on. */

/** The binding by which the launcher grants run-time compilation of WebAssembly to the host. */
export const EVAL_BINDING = "__PYTHON_HOST_EVAL";

/** Encloses the Worker's name at the start of each of its log messages. */
export const LOG_MARK = "\u0001";

/**
 * The interpreter's environment. No random hash seed can be drawn when a Worker starts, and
 * production writes no bytecode either.
 */
export const PYTHON_ENV = { HOME: "/session", PYTHONHASHSEED: "111", PYTHONDONTWRITEBYTECODE: "1" };

/** Where a deployed Python Worker finds its own files. */
export const ROOT = "/session/metadata";
