import { startBackend } from './backend';
import { showBench } from './bench';
import { dropFiles } from './dropFiles';
import { element, make } from './elements';
import { fillGrid, markPicked, showNearest } from './gallery';
import { latest } from './latest';
import { findNearest } from './neighbors';
import { emojiPictures, filePicture, type Picture, releasePicture } from './pictures';
import { Preview } from './preview';
import { Session } from './session';
import { keepInOrder, readSettings } from './settings';
import { Training } from './training';

const settings = element<HTMLFormElement>('settings');
const files = element<HTMLInputElement>('files');
const emojiBox = element<HTMLInputElement>('emoji');
const trainButton = element<HTMLButtonElement>('train');
const preview = new Preview();
const training = new Training();

let own: Picture[] = [];
let emoji: Picture[] = [];
let session: Session | undefined;
let picked = 0;
let seed = 0;

const say = (text: string) => {
  element('status').textContent = text;
};
const complain = (text: string) => element('problems').append(make('li', {}, text));

/** Runs a task that may fail: the page then says so, and everything else stays as it was. */
async function attempt(task: () => Promise<void>): Promise<void> {
  try {
    await task();
  } catch (error) {
    complain((error as Error).message);
  }
}

const refresh = latest(() =>
  attempt(async () => {
    if (!session) return;
    element('examples').ariaBusy = 'true';
    try {
      await preview.show(session, picked, readSettings(settings), seed);
    } finally {
      element('examples').ariaBusy = 'false';
    }
  }),
);

function pick(picture: number): Promise<void> {
  picked = picture;
  markPicked(element('pictures'), picture);
  markPicked(element('queries'), picture);
  showNeighbors();
  return refresh();
}

function showNeighbors(): void {
  if (!session?.features) return;
  showNearest(element('nearest'), session.pictures, picked, findNearest(session.features, picked, 11), pick);
  element('state').textContent =
    session.steps === 0
      ? 'It is not trained yet, so colors decide.'
      : `It was trained for ${session.steps} steps on these ${session.pictures.length} pictures.`;
}

/** Starts anew with the visitor's pictures and, if wanted, the emoji. */
async function usePictures(): Promise<void> {
  await training.stop();
  const pictures = [...own, ...(emojiBox.checked ? emoji : [])];
  element('own').hidden = own.length === 0;
  trainButton.disabled = pictures.length < 2;
  if (pictures.length === 0) return say('No pictures: choose some, or take the emoji.');
  const before = session;
  session = new Session(pictures);
  for (const id of ['pictures', 'queries']) fillGrid(element(id), pictures, pick);
  // An emoji with a distinct texture.
  await pick(
    own.length > 0
      ? 0
      : Math.max(
          0,
          pictures.findIndex(({ name }) => name === '🐆'),
        ),
  );
  before?.dispose();
  await session.embed();
  showNeighbors();
  say(`${pictures.length} ${pictures.length === 1 ? 'picture' : 'pictures'}.`);
}

async function addFiles(list: Iterable<File>): Promise<void> {
  element('problems').replaceChildren();
  const results = await Promise.allSettled([...list].map(filePicture));
  const added: Picture[] = [];
  for (const result of results) {
    if (result.status === 'fulfilled') added.push(result.value);
    else complain((result.reason as Error).message);
  }
  own = [...added, ...own];
  if (added.length > 0) await usePictures();
}

files.addEventListener('change', () => {
  void attempt(() => addFiles([...(files.files ?? [])]));
});
emojiBox.addEventListener('change', () => attempt(usePictures));
element('own').addEventListener('click', () => {
  own.forEach(releasePicture);
  own = [];
  void attempt(usePictures);
});
dropFiles((list) => void attempt(() => addFiles(list)));

settings.addEventListener('input', (event) => {
  keepInOrder(settings, event.target);
  readSettings(settings);
  void refresh();
});
element('again').addEventListener('click', () => {
  seed++;
  void refresh();
});
element('training').addEventListener('submit', (event) => {
  event.preventDefault();
  if (training.isRunning) return void training.stop();
  void attempt(async () => {
    const learning = session as Session;
    await training.start(learning, readSettings(settings), say);
    showNeighbors();
    await refresh();
  });
});

readSettings(settings);
training.clear();
void attempt(async () => {
  const backend = await startBackend();
  element('backend').textContent = `Computed with ${backend}.`;
  if (new URLSearchParams(location.search).has('bench')) {
    say(`Timing training steps with ${backend} …`);
    await showBench(backend);
  }
  say(`Computing with ${backend}. Loading the emoji …`);
  emoji = await emojiPictures();
  await usePictures();
  say(`Ready: computing with ${backend}.`);
});
