if(mapContains(attributes, 'log.template'), attributes['log.template'], {{masked}})
