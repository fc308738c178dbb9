-- The label `instance` of a series: which process, as well as its resource says it.
multiIf(resource['service.instance.id'] != '', resource['service.instance.id'],
        resource['process.pid'] != '' AND concat(resource['container.id'], resource['host.id'],
            resource['host.name']) != '',
            trivet_process(resource, 0),
        resource['k8s.pod.uid'] != '', resource['k8s.pod.uid'],
        resource['k8s.pod.name'] != '', resource['k8s.pod.name'],
        resource['container.id'] != '', resource['container.id'],
        resource['host.id'] != '', resource['host.id'],
        resource['host.name'])
