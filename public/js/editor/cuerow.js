/** A row of the list: a cue's times and text, what is wrong with it, and the same in another language. */
import { Component, html } from "../../vendor/htm-preact.js";
import { timecode } from "../format.js";
import { t } from "../i18n.js";
import { TimeInput } from "../timefield.js";
import { Button } from "../ui.js";
import { plainLines } from "../vtt.js";
import { withoutTimes } from "../wordtimes.js";

const GRAVE = new Set(["order", "empty", "overlap"]);

/** A problem in words. */
export const told = ({ kind, values }) => t(`editor.${kind}`, values.endMs ? { at: timecode(values.endMs) } : values);

const differs = (one, other) => Object.keys(one).length !== Object.keys(other).length || Object.keys(one).some((name) => one[name] !== other[name]);

/** What is said beside a cue, to be read. */
const Read = ({ others, spoken }) => html`<p class="cue-beside" dir="auto" lang=${spoken || undefined}>${others.map(({ text }) => plainLines(text).join(" ")).join(" ")}</p>`;

/** When a cue of the second column is shown, where that is not when its row is. */
const timesBeside = ({ startMs, endMs }, row) => startMs !== row.startMs || endMs !== row.endMs ? html`<p class="note numbers">${timecode(startMs)} – ${timecode(endMs)}</p>` : null;

/** What is said beside a cue, a field for each cue there, or an empty one. By their places: what is typed into the empty one stays in it. */
function Edited({ row, n, others, found, wrong = [], spoken, name, act }) {
  const about = `cue-${row.key}-beside`;
  return html`<div class="cue-others">${(others.length ? others : [null]).map((cue, at) => html`<div key=${at}>
      <textarea rows="2" dir="auto" spellcheck="true" lang=${spoken || undefined} data-beside=${cue?.key ?? ""} aria-label=${t("editor.textBeside", { n, name })} aria-describedby=${wrong.length ? about : undefined} value=${cue ? withoutTimes(cue.text) : ""}
        onFocus=${() => act.focus(cue?.key ?? null)} onInput=${(event) => act.write(row, cue, event.target.value)} onBlur=${() => act.leave(cue)}></textarea>${cue && timesBeside(cue, row)}
      ${cue && found?.has(cue.key) && html`<p class="note cue-found" dir="auto">${marked(withoutTimes(cue.text), found.get(cue.key))}</p>`}</div>`)}
    ${wrong.length > 0 && html`<div id=${about} class="cue-wrong">${wrong.map(wronged)}</div>`}</div>`;
}

const wronged = (problem) => html`<p key=${problem.kind} class=${GRAVE.has(problem.kind) ? "form-error" : "note warned"}>${told(problem)}</p>`;

/** What stands in a row; its element is the list's, which tells whether it is the current one and chosen. */
export class CueRow extends Component {
  constructor(props) {
    super(props);
    this.state = { start: "", end: "" }; // What is wrong with what is typed as its times.
    const { act, cue: { key } } = props;
    this.on = {
      type: (event) => act.type(key, event.target.value),
      start: (startMs) => act.setTimes(key, startMs, null),
      end: (endMs) => act.setTimes(key, null, endMs),
      startFault: (start) => this.setState({ start }),
      endFault: (end) => this.setState({ end }),
      number: (event) => act.numberKey(event, key),
      go: () => act.go(key),
      remove: () => act.removeOne(key),
    };
  }

  componentDidMount() {
    this.row = this.base.parentElement;
    this.props.observer.observe(this.row);
  }

  shouldComponentUpdate(props, state) {
    return differs(this.props, props) || differs(this.state, state);
  }

  componentWillUnmount() {
    this.props.observer.unobserve(this.row);
  }

  render({ cue, n, current, chosen, problems = [], others, foundBeside, isEdited, wrongBeside, spoken, spokenBeside, nameBeside, actBeside, found }, { start, end }) {
    const about = `cue-${cue.key}-about`;
    const wrong = [start && t("editor.wrongStart", { fault: start }), end && t("editor.wrongEnd", { fault: end })].filter(Boolean);
    const described = wrong.length || problems.length ? about : undefined;
    const invalid = problems.some(({ kind }) => kind === "order");
    const shown = withoutTimes(cue.text);
    return html`<button type="button" class="cue-number" tabindex=${current ? 0 : -1} aria-label=${t("editor.number", { n })} aria-pressed=${chosen ? "true" : "false"} onKeyDown=${this.on.number}>${n}</button>
      <div class="cue-times"><${TimeInput} label=${t("editor.start", { n })} value=${cue.startMs} about=${described} invalid=${invalid} onValue=${this.on.start} onFault=${this.on.startFault} />
        <${TimeInput} label=${t("editor.end", { n })} value=${cue.endMs} about=${described} invalid=${invalid} onValue=${this.on.end} onFault=${this.on.endFault} /></div>
      <textarea rows="2" dir="auto" spellcheck="true" lang=${spoken || undefined} aria-label=${t("editor.text", { n })} aria-describedby=${described} value=${shown} onInput=${this.on.type}></textarea>
      ${others && (isEdited ? html`<${Edited} row=${cue} found=${foundBeside} wrong=${wrongBeside} spoken=${spokenBeside} name=${nameBeside} act=${actBeside} ...${{ n, others }} />` : html`<${Read} spoken=${spokenBeside} others=${others} />`)}
      <div class="cue-tools"><${Button} small kind="quiet" icon="play" aria-label=${t("editor.goTo", { n })} onClick=${this.on.go} />
        <${Button} small kind="quiet bad" icon="trash" aria-label=${t("editor.remove", { n })} onClick=${this.on.remove} /></div>
      ${found && html`<p class="note cue-found" dir="auto">${marked(shown, found)}</p>`}
      ${described && html`<div id=${about} class="cue-problems">${wrong.map((text) => html`<p key=${text} class="form-error">${text}</p>`)}
        ${problems.map(wronged)}</div>`}`;
  }
}

/** A text with what was found in it: `[[from, to, isCurrent]]`. */
function marked(text, found) {
  const parts = [];
  let next = 0;
  for (const [from, to, isCurrent] of found) {
    parts.push(text.slice(next, from), html`<mark class=${isCurrent ? "current" : undefined}>${text.slice(from, to)}</mark>`);
    next = to;
  }
  return [...parts, text.slice(next)];
}
