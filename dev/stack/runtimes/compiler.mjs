/**
 * Compiles Python files with Pyodide's own interpreter, which reads no other's byte code. On its standard input is a list
 * of `{ path, source, kept }`: the name that tracebacks show, the source in base64, the file for the byte code.
 */
import { renameSync, writeFileSync } from "node:fs";
import { json } from "node:stream/consumers";
import { loadPyodide } from "pyodide";

const pyodide = await loadPyodide();
// Unchecked (PEP 552): a file's byte code is kept by its content, so it is never out of date.
const compile = pyodide.runPython(`
import py_compile
from py_compile import PycInvalidationMode

def compile(path):
    """Say whether /source.py, known as *path*, could be compiled to /made.pyc."""
    try:
        py_compile.compile(
            "/source.py",
            cfile="/made.pyc",
            dfile=path,
            doraise=True,
            invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        )
    except py_compile.PyCompileError:
        return False
    return True

compile
`);
for (const { path, source, kept } of await json(process.stdin)) {
  pyodide.FS.writeFile("/source.py", Buffer.from(source, "base64"));
  if (compile(path)) {
    const unfinished = `${kept}.${process.pid}`;
    writeFileSync(unfinished, pyodide.FS.readFile("/made.pyc"));
    renameSync(unfinished, kept); // Another stack may start at the same time.
  }
}
process.exit(0); // The interpreter would wait for ever.
