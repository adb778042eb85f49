import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { commands, root } from './docs.mjs';
import { start } from './program.mjs';

const run = promisify(execFile);

// Commands of the documentation that are not run with it, and why. The first that matches counts.
const exempt = [
  [/^go -C bench|^make bench/, 'the gate runs the quick one; the others take minutes'],
  [/^go test|^make( |$)|^\.ci\/run/, 'it is the gate, or a part of it'],
  [/^docker |^kubectl |^helm |^systemctl |^journalctl |^sudo |^goreleaser /, 'it needs what a machine of the gate does not have'],
  [/^cd examples\//, 'the checks in e2e/ run it'],
  [/^go mod /, 'it is for a module of the reader'],
  [/^git clone|^cd /, 'the gate has its own clone'],
  [/^npm |^npx |^node /, 'the checks in e2e/ run it'],
];

// isExempt returns why a command is not run, if it is not.
export const isExempt = (command) => exempt.find(([pattern]) => pattern.test(command))?.[1];

// served returns the flags of a command that goes on until it is stopped; undefined for any other.
function served(command) {
  const [, flags] = /^(?:go run \.|mstudio-graphql)(?: serve)?((?: sandbox)?(?: -.*)?)$/.exec(command) ?? [];
  return flags === undefined || /--help|--version/.test(flags) ? undefined : flags.trim().split(/\s+/).filter(Boolean);
}

// steps divides a block: into its commands if one of them serves or is not run, else it is a script of one piece.
export function steps(text) {
  const all = commands(text);
  return all.some((command) => served(command) || isExempt(command)) ? all : [text];
}

// Terminal runs the commands of one page, one after the other, as a reader would. Programs that serve something go on
// until the end, on free ports: commands that name the documented ones reach them.
export class Terminal {
  #ports = new Map();
  #programs = [];
  #directory;

  // open gives it a directory that looks like the repository; what commands write there is thrown away.
  static async open() {
    const terminal = new Terminal();
    terminal.#directory = await mkdtemp(join(tmpdir(), 'docs-'));
    for (const name of await readdir(root)) {
      if (name !== '.git') {
        await symlink(join(root, name), join(terminal.#directory, name));
      }
    }
    return terminal;
  }

  async close() {
    for (const program of this.#programs.reverse()) {
      await program.stop();
    }
    await rm(this.#directory, { recursive: true, force: true });
  }

  // run returns what a command, or a script of several, has printed. It fails if one of them does.
  async run(script) {
    const flags = served(script);
    if (flags) {
      await this.#serve(flags);
      return '';
    }
    await this.endpoint();
    const line = this.#translated(script);
    const env = { PATH: `${dirname(process.env.MSTUDIO_GRAPHQL)}:${process.env.PATH}`, HOME: this.#directory, GATEWAY: `http://127.0.0.1:${this.#ports.get('8080')}` };
    const { stdout } = await run('bash', ['--norc', '-eo', 'pipefail', '-c', line], { cwd: this.#directory, env, timeout: 60_000, maxBuffer: 1 << 26 });
    return stdout;
  }

  // endpoint returns the address of the gateway, and starts one on a sandbox unless a command has.
  async endpoint() {
    if (!this.#ports.has('8080')) {
      await this.#serve(['--sandbox']);
    }
    return `http://127.0.0.1:${this.#ports.get('8080')}/graphql`;
  }

  #translated(command) {
    return command.replace(/^go run \.(?= |$)/gm, 'mstudio-graphql')
      .replace(/(127\.0\.0\.1|localhost):(\d+)/g, (whole, host, port) => (this.#ports.has(port) ? `127.0.0.1:${this.#ports.get(port)}` : whole));
  }

  async #serve(flags) {
    const at = flags.indexOf('--listen');
    const [, port] = /:(\d+)$/.exec(at < 0 ? ':8080' : flags.splice(at, 2)[1]);
    const program = await start([...this.#translated(flags.join(' ')).split(' ').filter(Boolean), '--listen', '127.0.0.1:0'], /: +(http:\S+)$/);
    this.#programs.push(program);
    this.#ports.set(port, new URL(program.url).port);
  }
}
