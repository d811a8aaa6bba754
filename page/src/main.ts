import { mount } from 'svelte'
import App from './App.svelte'
import { speak } from './lib/i18n.svelte'
import { watchAddress } from './lib/router.svelte'

// a page that was open while Confrère was updated names files that are gone: the new page takes its place, once
addEventListener('vite:preloadError', (event) => {
  const last = Number(sessionStorage.getItem('confrere-renewed') ?? 0)
  if (Date.now() - last < 60_000) return
  event.preventDefault()
  sessionStorage.setItem('confrere-renewed', String(Date.now()))
  location.reload()
})

watchAddress()
await speak(document.documentElement.lang === 'fr' ? 'fr' : 'en')
mount(App, { target: document.getElementById('app')! })
