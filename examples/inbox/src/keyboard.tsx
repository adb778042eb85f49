import { type ChangeEvent, useEffect, useRef, useState } from 'react';

// Each element with a key names it in aria-keyshortcuts, so that assistive technology can announce it. A key clicks its
// element, or focuses it if the element takes text.
const find = (key: string) => document.querySelector<HTMLElement>(`[aria-keyshortcuts="${CSS.escape(key)}"]`);

const help = [['j', 'Next conversation'], ['k', 'Previous conversation'], ['Enter', 'Open'], ['r', 'Answer'], ['e', 'Close or open again'],
  ['u', 'Back to the list'], ['n', 'New ticket'], ['/', 'Search'], ['Ctrl Enter', 'Send']];

const enabled = 'keyboard-shortcuts';

// Keyboard handles single keys outside of fields, and lists them. A switch turns them off, because speech input and some
// other assistive technologies press such keys by accident.
export function Keyboard() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOn, turn] = useState(localStorage.getItem(enabled) !== 'off');
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || target.closest('input, textarea, select, dialog')) {
        if (event.key === 'Escape') {
          target.blur();
        }
        return;
      }
      if (event.key === '?') {
        dialog.current?.showModal();
      } else if (isOn && press(event.key)) {
        event.preventDefault();
      }
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [isOn]);
  const changed = ({ target: { checked } }: ChangeEvent<HTMLInputElement>) => {
    localStorage.setItem(enabled, checked ? 'on' : 'off');
    turn(checked);
  };
  return (
    <>
      <button type="button" className="help" aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)" onClick={() => dialog.current?.showModal()}>?</button>
      <dialog ref={dialog} aria-labelledby="keys">
        <h2 id="keys">Keyboard shortcuts</h2>
        <dl>{help.map(([key, text]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{text}</dd></div>)}</dl>
        <label><input type="checkbox" checked={isOn} onChange={changed} /> Single keys work</label>
        <form method="dialog"><button type="submit">Done</button></form>
      </dialog>
    </>
  );
}

// press reports whether a key has an effect.
function press(key: string) {
  if (key === 'j' || key === 'k') {
    const rows = [...document.querySelectorAll<HTMLElement>('nav li a')];
    const current = rows.findIndex((row) => row === document.activeElement);
    const from = current >= 0 ? current : rows.findIndex((row) => row.ariaCurrent === 'page');
    rows.at(Math.min(Math.max(from + (key === 'j' ? 1 : -1), 0), rows.length - 1))?.focus();
    return true;
  }
  const element = find(key);
  if (!element) {
    return false;
  }
  element.matches('input, textarea') ? element.focus() : element.click();
  return true;
}
