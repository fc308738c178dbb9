-- What tells one process from another: `service.instance.id`, else host or container and pid, else the resource.
CREATE OR REPLACE FUNCTION trivet_process AS (resource, resource_id) -> multiIf(
    resource['service.instance.id'] != '', resource['service.instance.id'],
    resource['process.pid'] != '' AND (resource['container.id'] != '' OR resource['host.id'] != '' OR resource['host.name'] != ''),
        concat(multiIf(resource['container.id'] != '', resource['container.id'],
                       resource['host.id'] != '', resource['host.id'], resource['host.name']), ':', resource['process.pid']),
    lower(hex(resource_id)))
