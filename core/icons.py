"""Icons and status marks as SVG bodies on a plane of 20 × 20, drawn in the text's colour.

Icon fonts and emoji are missing on Windows 7 and 10 LTSC; files would be requests.
"""

ICONS = {
    "overview": '<path d="M3.5 16.5v-6M8 16.5v-13M12 16.5v-8M16.5 16.5v-4.5"/>',
    "home": '<path d="M2.5 9.5 10 3l7.5 6.5M4.5 8v9h11V8"/>',
    "upload": '<path d="M10 13.5V3.5M5.5 8 10 3.5 14.5 8M3 17h14"/>',
    "supplier": '<path d="M2.5 17V8.5l5 3v-3l5 3V3.5h4V17ZM6 14h1M10 14h1M14 14h.5"/>',
    "part": '<circle cx="10" cy="10" r="6.5"/><circle cx="10" cy="10" r="2.5"/>',
    "gauge": '<path d="M3 4v13h3v-8h4v5h3V4ZM6.5 4v2M9.5 4v2"/>',
    "lot": '<path d="M3 6.5 10 3l7 3.5v7L10 17l-7-3.5ZM3 6.5 10 10l7-3.5M10 10v7"/>',
    "inventory": '<path d="M3 4h14v4H3ZM4.5 8v9h11V8M8 11h4"/>',
    "warning": '<path d="M10 3 18 17H2ZM10 8v4M10 14.4v.1"/>',
    "task": '<path d="M3.5 5h13M3.5 10h9M3.5 15h11"/>',
    "programme": '<path d="M5 17.5V3h10.5l-2.5 3.5 2.5 3.5H5"/>',
    "definition": '<path d="M4 3h9.5l2.5 2.5V17H4ZM7 8.5h6M7 11.5h6M7 14.5h3.5"/>',
    "people": '<circle cx="7" cy="7" r="3"/><path d="M2 17c0-3.3 2.2-5 5-5s5 1.7 5 5M13 4.5a3 3 0 0 1 0 5.5'
    'M14.5 12.5c2.2.4 3.5 2 3.5 4.5"/>',
    "request": '<path d="M6 4H4v13h12V4h-2M7.5 2.5h5v3h-5ZM7 11l2 2 4-4"/>',
    "access": '<path d="M2 10c2-3.5 4.7-5 8-5s6 1.5 8 5c-2 3.5-4.7 5-8 5s-6-1.5-8-5Z"/>'
    '<circle cx="10" cy="10" r="2.3"/>',
    "mail": '<path d="M2.5 5h15v10.5h-15ZM2.5 5.5 10 11l7.5-5.5"/>',
    "more": '<path d="M4 10h.01M10 10h.01M16 10h.01" stroke-width="3"/>',
    "search": '<circle cx="9" cy="9" r="5.5"/><path d="m13 13 4 4"/>',
    "info": '<circle cx="10" cy="10" r="7.5"/><path d="M10 9v5M10 6.2v.1"/>',
    "close": '<path d="m5 5 10 10M15 5 5 15"/>',
    "down": '<path d="m5.5 8 4.5 4.5L14.5 8"/>',
    "right": '<path d="m8 4.5 5.5 5.5L8 15.5"/>',
    "help": '<circle cx="10" cy="10" r="7.5"/><path d="M7.7 7.8a2.3 2.3 0 1 1 3.3 2.1c-.7.4-1 .8'
    '-1 1.6M10 14v.1"/>',
}

# Shape first, then colour: circle with tick, triangle, diamond, dashed ring.
MARKS = {
    "good": '<circle cx="10" cy="10" r="8"/><path class="cut" d="m6.3 10.3 2.5 2.5 5-5.3"/>',
    "watch": '<path d="M10 2 19 17.5H1Z"/><path class="cut" d="M10 7.5v4.5M10 14.6v.1"/>',
    "bad": '<path d="M10 1 19 10 10 19 1 10Z"/><path class="cut" d="M10 5.8v4.8M10 13.6v.1"/>',
    "none": '<circle class="ring" cx="10" cy="10" r="7.5"/>',
}

# The mark of the house: 同, three strokes and a mouth.
LOGO = '<rect width="28" height="28" rx="6"/><path d="M7.5 22V6.5h13V22M11 10.5h6M11.5 14.5h5v4.5h-5Z"/>'
