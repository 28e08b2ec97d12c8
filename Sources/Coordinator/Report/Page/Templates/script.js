
// The page is whole without this. It adds: theme, stale banner, arrow keys, old permalinks, comparison with any night.
(d => {
  const e = d.documentElement, all = (s, n = d) => [...n.querySelectorAll(s)], one = s => d.querySelector(s)
  e.classList.add('js')
  try { e.dataset.theme = localStorage.theme || '' } catch {}
  if (Date.now() > Date.parse(e.dataset.staleAfter)) e.classList.add('old')

  const go = to => {
    all('a', to.parentNode).forEach(a => a.tabIndex = -1)
    to.tabIndex = 0
    to.focus()
  }

  const keys = ev => {
    const at = d.activeElement, by = { ArrowLeft: -1, ArrowRight: 1, Home: -1e9, End: 1e9 }[ev.key]
    if (ev.key === 'Escape') return at.blur()
    if (!by || ev.altKey || ev.ctrlKey || ev.metaKey || ev.shiftKey || /INPUT|SELECT|TEXTAREA/.test(at.tagName)) return
    const group = at.closest('[data-walk]') || (Math.abs(by) === 1 && all('.hits').find(h => h.offsetParent))
    if (group) {
      const nights = all('a', group), i = nights.indexOf(at)
      go(nights[i < 0 ? nights.length - 1 : Math.max(0, Math.min(nights.length - 1, i + by))])
      ev.preventDefault()
    } else if (Math.abs(by) === 1) one(by < 0 ? 'a[rel=prev]' : 'a[rel=next]')?.click()
  }

  const compare = async day => {
    const said = one('#said'), table = one('.figures')
    const show = (text, href) => {
      said.textContent = text
      if (href) said.append(Object.assign(d.createElement('a'), { href, textContent: 'open that night' }))
    }
    one('#with').value = day
    try {
      const answer = await fetch(`../${day}/index.html`)
      if (!answer.ok) return show(`There is no page for ${day}.`)
      const other = new DOMParser().parseFromString(await answer.text(), 'text/html')
      all('tr[data-key]', table).forEach(row => {
        const mine = row.cells[1], theirs = other.querySelector(`tr[data-key="${row.dataset.key}"]`).cells[1]
        const a = mine.dataset.raw, b = theirs.dataset.raw, points = row.dataset.key === 'errors'
        const by = (points ? 100 * (a - b) : 100 * (a / b - 1)).toFixed(points ? 2 : 0)
        row.cells[2].textContent = theirs.textContent
        row.cells[3].textContent = a && (points ? b : +b) ? `${+by ? by > 0 ? '+' : '\u2212' : ''}${by.replace('-', '')}\u202f${points ? 'pp' : '%'}` : '–'
      })
      const name = one('#with-name').textContent = other.querySelector('.figures thead th.n').textContent
      const from = other.querySelector('#curve'), to = one('#curve')
      if (from && to && from.dataset.scale === to.dataset.scale) {
        to.querySelector('path.then').setAttribute('d', from.querySelector('path.now').getAttribute('d'))
        all('.between, circle.then, text.then', to).forEach(n => n.remove())
        one('#h-curve').textContent = `This night against ${name}`
        one('.curve .sub').textContent = `The grey line is ${name}.`
      }
      show(`Beside ${name}: `, `../${day}/`)
    } catch { show('This page cannot read other nights from a file; ', `../${day}/index.html`) }
  }

  addEventListener('DOMContentLoaded', () => {
    e.classList.add('whole')
    one('.theme')?.addEventListener('click', () => {
      const dark = (e.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark'
      e.dataset.theme = dark ? 'light' : 'dark'
      try { localStorage.theme = e.dataset.theme } catch {}
    })
    all('[data-walk]').forEach(g => all('a', g).forEach((a, i, s) => a.tabIndex = i === s.length - 1 ? 0 : -1))
    addEventListener('keydown', keys)
    const night = location.hash.match(/^#n-(\d{4}-\d\d-\d\d)$/)
    if (night && !d.getElementById(night[0].slice(1))) location.replace(`night/${night[1]}/`)
    const day = new URLSearchParams(location.search).get('with')
    if (one('.figures') && /^\d{4}-\d\d-\d\d$/.test(day)) compare(day)
  })
})(document)
