// Comforts only: every page does its work without this script. The words it could need are in
// the page, so there is nothing to translate here.
import {
  Button, Checkboxes, ErrorSummary, NotificationBanner, Radios, ServiceNavigation, SkipLink, createAll,
} from './vendor/govuk-frontend.js'

if ('noModule' in HTMLScriptElement.prototype) {
  document.body.classList.add('js-enabled', 'govuk-frontend-supported')
}
for (const Component of [
  Button, Checkboxes, ErrorSummary, NotificationBanner, Radios, ServiceNavigation, SkipLink,
]) {
  createAll(Component)
}

// A row that takes one figure hands on to the next row, and the last row to the button.
for (const form of document.querySelectorAll('form[data-figures]')) {
  const fields = [...form.querySelectorAll('input[maxlength="1"]')]
  form.addEventListener('input', ({ target }) => {
    const place = fields.indexOf(target)
    if (place < 0 || !/^[1-6]$/.test(target.value)) return
    const next = fields[place + 1] ?? form.querySelector('[type="submit"]')
    next.focus()
    next.select?.()
  })
}
