import { make } from './elements';
import type { Picture } from './pictures';

/** Fills a fieldset with pictures to pick from: radio buttons, so that the arrow keys work. */
export function fillGrid(grid: HTMLElement, pictures: readonly Picture[], onPick: (picture: number) => void): void {
  const options = pictures.map(({ name, url }, i) => {
    const radio = make('input', { type: 'radio', name: grid.id, value: String(i), onchange: () => onPick(i) });
    return make('label', { title: name }, radio, make('img', { src: url, alt: name }));
  });
  grid.replaceChildren(...grid.querySelectorAll('legend'), ...options);
}

/** Shows which picture is picked, without moving the focus. */
export function markPicked(grid: HTMLElement, picture: number): void {
  const radio = grid.querySelector<HTMLInputElement>(`input[value="${picture}"]`);
  if (!radio) return;
  radio.checked = true;
  // As `scrollIntoView` does, but without moving the page.
  const cell = radio.parentElement as HTMLElement;
  const top = cell.offsetTop - grid.offsetTop;
  if (top < grid.scrollTop) grid.scrollTop = top;
  else if (top + cell.offsetHeight > grid.scrollTop + grid.clientHeight)
    grid.scrollTop = top + cell.offsetHeight - grid.clientHeight;
}

/** Lists a picture and its nearest ones; each is a button that makes it the next query. */
export function showNearest(
  list: HTMLElement,
  pictures: readonly Picture[],
  query: number,
  nearest: readonly { index: number; similarity: number }[],
  onPick: (picture: number) => void,
): void {
  const item = (index: number, note: string, className = '') => {
    const { name, url } = pictures[index];
    const button = make(
      'button',
      { type: 'button', title: name, onclick: () => onPick(index) },
      make('img', { src: url, alt: name }),
      make('small', {}, note),
    );
    return make('li', { className }, button);
  };
  const hadFocus = list.contains(document.activeElement);
  list.replaceChildren(
    item(query, 'this one', 'query'),
    ...nearest.map(({ index, similarity }) => item(index, similarity.toFixed(2))),
  );
  if (hadFocus) list.querySelector('button')?.focus();
}
