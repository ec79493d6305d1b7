/** Whose drafts and forms this browser keeps: those of one person are neither seen nor overwritten by another. */

let id = "";
let isOver = false;

export const owner = () => id;

/** `session`, as the API tells it: who has signed in; null for nobody. */
export function setOwner(session) {
  id = session?.callerId ?? "";
}

/** The page goes, as another person has signed in: what it would still save by itself would be saved as theirs. */
export function endPage() {
  isOver = true;
}

export const mayStore = () => id !== "" && !isOver;
