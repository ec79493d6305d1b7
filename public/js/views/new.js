/** What is new: a recipe from a link to its end, or one job by itself. */
import { html, useState } from "../../vendor/htm-preact.js";
import { jobs } from "../api.js";
import { forgetKept, useHasKept } from "../drafts/kept.js";
import { engineIds, engineName } from "../engines.js";
import { useLoaded } from "../hooks.js";
import { t } from "../i18n.js";
import { fieldsOf } from "../results/again.js";
import { link } from "../router.js";
import { Button, Page, Skeletons, Tabs, Trouble } from "../ui.js";
import { Burn } from "./burn.js";
import { Comments } from "./comments.js";
import { Download } from "./download.js";
import { Recipe } from "./recipe.js";
import { ENGINE as TRANSCRIBER, Transcribe } from "./transcribe.js";
import { ENGINE as TRANSLATOR, Translate } from "./translate.js";

export const name = "new";

/** A form for each kind; one with an `engine` has that one's name, where the server has it. */
const KINDS = {
  recipe: { Form: Recipe },
  burn: { Form: Burn },
  transcribe: { Form: Transcribe, engine: TRANSCRIBER },
  translate: { Form: Translate, engine: TRANSLATOR },
  comments: { Form: Comments },
  download: { Form: Download },
};

/** A form that was begun before can be begun anew. */
function StartOver({ prefix, onCleared }) {
  if (!useHasKept(prefix)) return null;
  const clear = () => {
    forgetKept(prefix);
    onCleared();
  };
  return html`<div class="actions end start-over"><span class="note">${t("new.kept")}</span><${Button} small kind="quiet" icon="undo" onClick=${clear}>${t("new.startOver")}<//></div>`;
}

export function View({ route }) {
  const known = Object.keys(KINDS).filter((key) => !KINDS[key].engine || engineIds().includes(KINDS[key].engine));
  const kind = known.includes(route.segments[1]) ? route.segments[1] : known[0];
  const { media: mediaId, version: inputId, url, from } = route.query;
  // The job that is made again with changes.
  const former = useLoaded(async () => (from ? jobs.get(from) : null), [from]);
  const again = former.data ? fieldsOf(former.data) : undefined;
  const { Form } = KINDS[kind];
  const [cleared, setCleared] = useState(0);
  const { first, second } = route.query;
  const kept = `new/${[kind, mediaId, inputId, url, from, first, second].join()}/`;
  const titleOf = (key) => (KINDS[key].engine ? engineName(KINDS[key].engine) : t(`new.${key}`));
  const tabs = known.map((key) => [key, titleOf(key), link("new", key, { media: mediaId })]);
  return html`<${Page} title=${t("new.title")} lead=${t(`new.${kind}_lead`)}>
    <${Tabs} label=${t("new.kinds")} current=${kind} tabs=${tabs} /><${Trouble} error=${former.error} onRetry=${former.reload} />
    ${from && !former.data ? !former.error && html`<${Skeletons} kind="block" count=${1} />`
      : html`<${StartOver} prefix=${kept} onCleared=${() => setCleared(cleared + 1)} /><${Form} key=${kept + cleared} ...${{ mediaId, inputId, url, again, kept }} query=${route.query} />`}<//>`;
}
