replaceRegexpAll(replaceRegexpAll(leftUTF8({{text}}, 300), '[A-Za-z_-]*[0-9][0-9A-Za-z_-]*', '<*>'),
    '<\\*>(?:[.:,/+]<\\*>)+', '<*>')
