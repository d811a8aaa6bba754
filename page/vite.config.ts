import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { parse } from 'smol-toml'
import { defineConfig, type Plugin } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The project's one catalogue, as `virtual:catalogue/en` and `virtual:catalogue/fr`: a page loads the language it shows. */
function catalogue(file: string): Plugin {
  const prefix = 'virtual:catalogue/'
  return {
    name: 'catalogue',
    resolveId: (id) => (id.startsWith(prefix) ? '\0' + id : undefined),
    load(id) {
      if (!id.startsWith('\0' + prefix)) return
      this.addWatchFile(file)
      const language = id.slice(prefix.length + 1)
      const entries = Object.entries(parse(readFileSync(file, 'utf8'))) as [string, Record<string, string>][]
      const set = (text = '') => (language === 'fr' ? spaced(text) : text)
      return `export default ${JSON.stringify(Object.fromEntries(entries.map(([key, texts]) => [key, set(texts[language])])))}`
    },
  }
}

/** French sets apart its double marks by a space that does not break; the plural bar keeps its own. */
const spaced = (text: string) => text.replace(/ ([;?!])/g, '\u202f$1').replace(/ ([:»])/g, '\u00a0$1').replace(/« /g, '«\u00a0').replace(/'/g, '’')

/** A `.gz` beside each file that shrinks, for the gateway to send as it is. */
function packed(folder: string): Plugin {
  return {
    name: 'packed',
    apply: 'build',
    closeBundle() {
      for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        if (/\.(js|css|svg)$/.test(entry)) writeFileSync(`${folder}/${entry}.gz`, gzipSync(readFileSync(`${folder}/${entry}`), { level: 9 }))
      }
    },
  }
}

const built = here('../src/confrere/gateway/page/dist')

export default defineConfig({
  root: here('.'),
  plugins: [catalogue(here('../src/confrere/messages/page.toml')), svelte(), packed(built)],
  build: {
    outDir: built,
    emptyOutDir: true,
    target: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0, // the policy allows no data: script or font
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      checks: { pluginTimings: false },
      // what every view needs, in one file: a first load is few requests
      output: { codeSplitting: { groups: [{ name: 'kit', test: /node_modules\/(@lucide|svelte|esm-env|clsx)\/|\/page\/src\/(lib|ui\/(Pill|StatePill|TaskRow|TaskList|Loading|Empty|Trouble|Mark|Notes))/ }] } },
    },
  },
  server: { host: '127.0.0.1', proxy: { '/api': process.env.CONFRERE_URL ?? 'http://127.0.0.1:7878' } },
})
