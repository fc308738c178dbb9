SETTINGS ignore_data_skipping_indices = 'by_attributes,by_text,by_received,by_service,by_duration',
         use_skip_indexes_on_data_read = 0, optimize_move_to_prewhere = 0
