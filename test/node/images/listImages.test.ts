import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type ImageFolderArgs, imageFolder } from 'tfjs-nonsemantic-negatives/node';
import { folderOf, temporaryFolder } from '../support/temporaryFolder';

/** What a listing shows, with paths relative to the folder. Nothing is decoded, so the files may be empty. */
async function list(dir: string, options?: ImageFolderArgs) {
  const { paths, labels, classNames, skipped, size } = await imageFolder(dir, options);
  expect(size).toBe(paths.length);
  const short = (path: string) => relative(dir, path);
  return { paths: paths.map(short), labels, classNames, skipped: skipped.map((s) => ({ ...s, path: short(s.path) })) };
}

const files = (...names: string[]) => folderOf(Object.fromEntries(names.map((name) => [name, ''])));

test('a flat folder has no classes', async () => {
  expect(await list(files('b.jpg', 'a.png', 'c.webp'))).toEqual({
    paths: ['a.png', 'b.jpg', 'c.webp'],
    labels: [-1, -1, -1],
    classNames: [],
    skipped: [],
  });
});

test('the first level of folders are the classes, however deep the image', async () => {
  expect(await list(files('dog/1.jpg', 'cat/2024/may/2.jpg', 'cat/1.jpg', 'loose.jpg'))).toMatchObject({
    paths: ['cat/1.jpg', 'cat/2024/may/2.jpg', 'dog/1.jpg', 'loose.jpg'],
    labels: [0, 0, 1, -1],
    classNames: ['cat', 'dog'],
  });
});

test('a folder without an image is no class', async () => {
  const dir = files('cat/1.jpg', 'docs/readme.txt');
  mkdirSync(join(dir, 'empty'));
  expect((await list(dir)).classNames).toEqual(['cat']);
});

test('the order is that of UTF-16 code units, in every locale', async () => {
  const names = ['a', 'B', 'Z', 'ä', 'z', '10', '9', 'a-b', 'a b', '~', '日本', '😀'];
  const { classNames, labels } = await list(files(...names.map((name) => `${name}/1.png`)));
  expect(classNames).toEqual(['10', '9', 'B', 'Z', 'a', 'a b', 'a-b', 'z', '~', 'ä', '日本', '😀']);
  expect(labels).toEqual(names.map((_, i) => i));
});

test('names may have blanks, newlines, quotes, brackets, and any letters', async () => {
  const names = ['a b.jpg', 'a\nb.jpg', '"quoted".jpg', 'x[1].jpg', 'čaj 茶.jpg', 'page=2,n=-1.jpg', '%41.jpg'];
  expect((await list(files(...names))).paths.sort()).toEqual(names.sort());
});

test('only the given extensions are listed, in any case, and never hidden files', async () => {
  const dir = files('a.JPG', 'b.txt', 'c', '.d.jpg', '._a.jpg', '.thumbs/e.jpg', 'f.jpg.bak', 'g.bmp');
  expect((await list(dir)).paths).toEqual(['a.JPG']);
  expect((await list(dir, { extensions: ['.BMP'] })).paths).toEqual(['g.bmp']);
});

describe('folders that cannot be used', () => {
  test('no such folder', async () => {
    const dir = join(temporaryFolder(), 'photos');
    const message = `Expected a folder with images for input dir, received ${JSON.stringify(dir)} (it does not exist).`;
    await expect(imageFolder(dir)).rejects.toThrow(message);
  });

  test('a file', async () => {
    const dir = join(files('a.jpg'), 'a.jpg');
    await expect(imageFolder(dir)).rejects.toThrow(`received ${JSON.stringify(dir)} (a file).`);
  });

  test('an empty folder, and one without images', async () => {
    await expect(imageFolder(temporaryFolder())).rejects.toThrow(
      '(no .jpg, .jpeg, .png, .webp, .gif, .tif, .tiff, .avif in it)',
    );
    await expect(imageFolder(files('a.txt'), { extensions: ['.png'] })).rejects.toThrow('(no .png in it)');
  });

  test('only links', async () => {
    const dir = temporaryFolder();
    symlinkSync(files('a.jpg'), join(dir, 'link'));
    await expect(imageFolder(dir)).rejects.toThrow('skipped: 1, first {"path":');
  });

  test.each([undefined, '', 7])('%p', async (dir) => {
    const failure = expect(imageFolder(dir as string)).rejects;
    await failure.toThrow('Expected the path of a folder for input dir');
  });
});

describe('symbolic links', () => {
  /** a/1.jpg, links to a folder and a file outside, a broken one, one to itself and one to the top. */
  const withLinks = () => {
    const outside = files('o/2.jpg');
    const dir = files('a/1.jpg');
    symlinkSync(join(outside, 'o'), join(dir, 'b'));
    symlinkSync(join(outside, 'o/2.jpg'), join(dir, 'file.jpg'));
    symlinkSync(dir, join(dir, 'a', 'loop'));
    return dir;
  };

  test('are not followed by default, but listed', async () => {
    const reason = 'a symbolic link (see followSymlinks)';
    const { paths, skipped } = await list(withLinks());
    expect(paths).toEqual(['a/1.jpg']);
    expect(skipped).toEqual(['a/loop', 'b', 'file.jpg'].map((path) => ({ path, reason })));
  });

  test('are followed on request, and loops end', async () => {
    expect(await list(withLinks(), { followSymlinks: true })).toEqual({
      paths: ['a/1.jpg', 'b/2.jpg', 'file.jpg'],
      labels: [0, 1, -1],
      classNames: ['a', 'b'],
      skipped: [{ path: 'a/loop', reason: 'a folder that was listed before' }],
    });
  });

  test('a tangle of links, exponential if walked by path, ends at once', async () => {
    const dir = temporaryFolder();
    for (let level = 0; level < 40; level++) mkdirSync(join(dir, `l${level}`));
    for (let level = 0; level < 39; level++) {
      for (const link of ['x', 'y']) symlinkSync(join(dir, `l${level + 1}`), join(dir, `l${level}`, link));
    }
    await expect(imageFolder(dir, { followSymlinks: true })).rejects.toThrow('a folder that was listed before');
  });

  test('a broken one is an error, or skipped', async () => {
    const dir = files('a.jpg');
    symlinkSync('nowhere', join(dir, 'b.jpg'));
    symlinkSync('self.jpg', join(dir, 'self.jpg'));
    const failure = imageFolder(dir, { followSymlinks: true });
    await expect(failure).rejects.toThrow(
      `Cannot follow the symbolic link ${JSON.stringify(join(dir, 'b.jpg'))}: it does not exist.`,
    );
    const { skipped } = await list(dir, { followSymlinks: true, onError: 'skip' });
    expect(skipped).toEqual([
      { path: 'b.jpg', reason: 'it does not exist' },
      { path: 'self.jpg', reason: 'a loop of symbolic links' },
    ]);
  });
});

test('a pipe is not opened, which would wait forever', async () => {
  const dir = files('a.jpg');
  execFileSync('mkfifo', [join(dir, 'pipe.jpg')]);
  expect(await list(dir)).toMatchObject({
    paths: ['a.jpg'],
    skipped: [{ path: 'pipe.jpg', reason: 'not a regular file' }],
  });
});
