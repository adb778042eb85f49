import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { commands, root } from './docs.mjs';
import { start } from './program.mjs';

const run = promisify(execFile);

// Documented commands that are not run, with the reason. The first match applies.
const exempt = [
  [/^go -C bench|^make bench/, 'CI runs the quick one; the others take minutes'],
  [/^go test|^make( |$)|^\.ci\/run/, 'it is part of CI'],
  [/^docker |^kubectl |\|\s+kubectl |^helm |^systemctl |^journalctl |^sudo |^goreleaser /, 'CI does not have this program'],
  [/^cd examples\//, 'other tests in e2e run it'],
  [/^mstudio-graphql watch /, 'it does not end; Go tests run it'],
  [/^mstudio-graphql --trusted-documents src/, 'other tests in e2e run it with a manifest'],
  [/^go mod /, 'it changes the module of the reader'],
  [/^git clone|^cd /, 'CI has its own clone'],
  [/^npm |^npx |^node /, 'other tests in e2e run it'],
];

// isExempt returns the reason not to run a command; undefined if it is run.
export const isExempt = (command) => exempt.find(([pattern]) => pattern.test(command))?.[1];

// served returns the flags of a command that starts a server; undefined for any other command.
function served(command) {
  const [, flags] = /^(?:go run \.|mstudio-graphql)(?: serve)?((?: sandbox)?(?: -.*)?)$/.exec(command) ?? [];
  return flags === undefined || /--help|--version/.test(flags) ? undefined : flags.trim().split(/\s+/).filter(Boolean);
}

// steps splits a block into its commands if one of them starts a server or is not run. Otherwise it returns one script.
export function steps(text) {
  const all = commands(text);
  return all.some((command) => served(command) || isExempt(command)) ? all : [text];
}

// stopped ends a command that prints a stream after some seconds, and fails if it has printed nothing.
const stopped = (command) => `{ timeout 5 ${command.trim()} || [ $? = 124 ]; } | grep .`;

// Terminal runs the commands of one page in order, as a reader would. Servers run until the end, on free ports that replace
// the documented ports in later commands.
export class Terminal {
  #ports = new Map();
  #programs = [];
  #directory;

  // open creates a directory that mirrors the repository with links; files that commands write into it are deleted.
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

  // run runs a command or script and returns its output. It fails if a command fails.
  async run(script) {
    const flags = served(script);
    if (flags) {
      await this.#serve(flags);
      return '';
    }
    await this.endpoint();
    const line = this.#translated(script).replace(/^curl -sN .*$/s, stopped);
    const env = { PATH: `${dirname(process.env.MSTUDIO_GRAPHQL)}:${process.env.PATH}`, HOME: this.#directory, GATEWAY: `http://127.0.0.1:${this.#ports.get('8080')}` };
    const { stdout } = await run('bash', ['--norc', '-eo', 'pipefail', '-c', line], { cwd: this.#directory, env, timeout: 60_000, maxBuffer: 1 << 26 });
    return stdout;
  }

  // endpoint returns the address of the gateway. It starts one on a sandbox if no command has.
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
    const program = await start([...this.#translated(flags.join(' ')).split(' ').filter(Boolean), '--listen', '127.0.0.1:0'], /: +(http:\S+)$/, { cwd: this.#directory });
    this.#programs.push(program);
    this.#ports.set(port, new URL(program.url).port);
  }
}
