(SELECT max(minute) + INTERVAL 1 MINUTE FROM steps WHERE step = 'resends')
