import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

// The root of the repository.
export const root = resolve(fileURLToPath(import.meta.url), '../../..');

// pages returns the README and the pages of docs/, by their paths from the root.
export async function pages() {
  const docs = (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md')).sort();
  const paths = ['README.md', ...docs.map((name) => `docs/${name}`)];
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })));
}

// blocks returns the fenced blocks of a page: language, further words of the info string, text, and first line.
export function blocks(text) {
  const found = [];
  let open;
  text.split('\n').forEach((line, index) => {
    const [, fence, info] = /^(```+)(.*)$/.exec(line) ?? [];
    if (open && fence && !info) {
      found.push(open);
      open = undefined;
    } else if (open) {
      open.text += `${line}\n`;
    } else if (fence) {
      const [language, ...words] = info.trim().split(/\s+/);
      open = { language, words, text: '', line: index + 1 };
    }
  });
  return found;
}

// links returns the targets of a page's links and images, without URLs of other servers.
export function links(text) {
  const outsideOfBlocks = text.replace(/^```[^]*?^```$/gm, '');
  const targets = [...outsideOfBlocks.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

// anchors returns the anchors of a page's headings, as GitHub generates them.
export function anchors(text) {
  const headings = [...text.replace(/^```[^]*?^```$/gm, '').matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading);
  return headings.map((heading) => heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'));
}

// commands returns the commands of a shell block, with continued lines joined and comments removed.
export function commands(text) {
  return text.replaceAll('\\\n', ' ').split('\n').map((line) => line.replace(/(^|\s)#.*$/, '').trim()).filter(Boolean);
}
