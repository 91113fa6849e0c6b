-- Labels that other tools made name pages by the files that were uploaded.
CREATE INDEX documents_by_file_name ON documents (project_id, file_name);
