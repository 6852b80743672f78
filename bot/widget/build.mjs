// Builds dist/assistant-carte-grise.js; with --check, fails where the committed file is not what it builds.
import { readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";

const FILE = new URL("dist/assistant-carte-grise.js", import.meta.url);
const MOST_BYTES = 45_000;
// The browsers that docs/widget.md promises.
const TARGETS = ["chrome90", "firefox101", "safari16.4"];

const shortStyles = {
  name: "short-styles",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true, target: TARGETS });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

const { version } = JSON.parse(await readFile(new URL("package.json", import.meta.url)));
const client = JSON.parse(await readFile(new URL("node_modules/socket.io-client/package.json", import.meta.url)));
const result = await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ["src/index.js"],
  bundle: true,
  minify: true,
  charset: "utf8",
  format: "iife",
  target: TARGETS,
  banner: { js: `/*! assistant-carte-grise ${version}. Contains socket.io-client ${client.version} (MIT licence, Guillermo Rauch and Socket.IO contributors). */` },
  plugins: [shortStyles],
  write: false,
});
const built = result.outputFiles[0].text;
const size = gzipSync(built, { level: 9 }).length;
console.log(`${size} bytes gzipped, ${MOST_BYTES} at most`);
if (size > MOST_BYTES) process.exit(1);
if (!process.argv.includes("--check")) await writeFile(FILE, built);
else if ((await readFile(FILE, "utf8")) !== built) {
  console.error("dist/assistant-carte-grise.js is not what src/ builds: run npm run build in bot/widget");
  process.exit(1);
}
