if(resource['service.namespace'] != '', concat(resource['service.namespace'], '/', resource['service.name']),
    resource['service.name'])
