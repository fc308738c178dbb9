if(mapContains(attributes, 'log.template'), attributes['log.template'],
   replaceRegexpAll(replaceRegexpAll(leftUTF8(body, 300), '[A-Za-z_-]*[0-9][0-9A-Za-z_-]*', '<*>'), '<\\*>(?:[.:,/+]<\\*>)+', '<*>'))
