import { mount } from 'svelte'
import App from './App.svelte'
import { speak } from './lib/i18n.svelte'
import { watchAddress } from './lib/router.svelte'

watchAddress()
await speak(document.documentElement.lang === 'fr' ? 'fr' : 'en')
mount(App, { target: document.getElementById('app')! })
