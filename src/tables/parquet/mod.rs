//! Parquet: footers for checking, row groups for measuring.

mod convert;

use std::fs::File;
use std::io::{Cursor, Read};
use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use bytes::Bytes as Shared;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

use crate::diagnostics::{Diagnostic, Place};
use crate::error::Error;
use crate::expression::{Batch, Type};

use super::bind::{self, Setup};
use super::collect::{Decoded, Trouble};
use super::decode::{Bad, Decode};
use super::files::{Bytes, DataFile};
use super::{Failure, Request};

/// A file whose footer has been read, and where the wanted columns are in it.
pub(super) struct Footer {
    reader: Reader,
    metadata: ArrowReaderMetadata,
    /// For each column of the setup its column in the file.
    columns: Vec<usize>,
}

/// Rows that are decoded at a time.
const ROWS: usize = 1 << 16;

/// A file that can be read at any place by several readers at once.
#[derive(Clone)]
enum Reader {
    Disk(Arc<File>),
    Memory(Shared),
}

impl Length for Reader {
    fn len(&self) -> u64 {
        match self {
            Self::Disk(file) => file.metadata().map_or(0, |metadata| metadata.len()),
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }
}

impl ChunkReader for Reader {
    type T = Box<dyn Read + Send>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        match self {
            Self::Disk(file) => Ok(Box::new(std::io::BufReader::new(At {
                file: file.clone(),
                at: start,
            }))),
            Self::Memory(bytes) => Ok(Box::new(Cursor::new(bytes.slice(start as usize..)))),
        }
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Shared, ParquetError> {
        match self {
            Self::Disk(file) => {
                let mut bytes = vec![0; length];
                let mut from = At {
                    file: file.clone(),
                    at: start,
                };
                from.read_exact(&mut bytes)?;
                Ok(bytes.into())
            }
            Self::Memory(bytes) => match (start as usize).checked_add(length) {
                Some(end) if end <= bytes.len() => Ok(bytes.slice(start as usize..end)),
                _ => Err(ParquetError::EOF("the file ends too early".to_owned())),
            },
        }
    }
}

/// Reads a file from a place on without moving a shared cursor.
struct At {
    file: Arc<File>,
    at: u64,
}

impl Read for At {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        #[cfg(unix)]
        let n = std::os::unix::fs::FileExt::read_at(&*self.file, buffer, self.at)?;
        #[cfg(windows)]
        let n = std::os::windows::fs::FileExt::seek_read(&*self.file, buffer, self.at)?;
        self.at += n as u64;
        Ok(n)
    }
}

fn open(file: &DataFile) -> Result<Reader, Error> {
    file.note_opened();
    match &file.bytes {
        Bytes::Disk(path) => match File::open(path) {
            Ok(file) => Ok(Reader::Disk(Arc::new(file))),
            Err(cause) => Err(Error::read(&file.path, cause)),
        },
        Bytes::Memory(bytes) => Ok(Reader::Memory(Shared::copy_from_slice(bytes))),
    }
}

fn broken(path: &str, why: &ParquetError) -> Diagnostic {
    let place = Place::File { path: path.to_owned() };
    Diagnostic::new(
        "unreadable-file",
        place,
        format!("`{path}` cannot be read as Parquet: {why}"),
    )
}

impl Footer {
    /// Returns the columns of a file and their types.
    pub(super) fn columns(file: &DataFile) -> Result<Vec<(String, Option<Type>)>, Failure> {
        let metadata = ArrowReaderMetadata::load(&open(file)?, ArrowReaderOptions::new())
            .map_err(|why| broken(&file.path, &why))?;
        let column = |field: &Arc<Field>| (field.name().clone(), kind(field.data_type()));
        Ok(metadata.schema().fields().iter().map(column).collect())
    }

    /// Reads the footer and finds the wanted columns.
    pub(super) fn bind(file: &DataFile, setup: &Setup, request: &Request<'_>) -> Result<Self, Failure> {
        let reader = open(file)?;
        let broken = |why| broken(&file.path, &why);
        let metadata = ArrowReaderMetadata::load(&reader, ArrowReaderOptions::new()).map_err(broken)?;
        let names: Vec<String> = metadata
            .schema()
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect();
        let mut columns = Vec::new();
        for binding in &setup.columns {
            let Some(index) = bind::find(&names, binding, request, &file.path)? else {
                return Err(bind::lacking(&names, binding, request, &file.path).into());
            };
            let field = metadata.schema().field(index);
            if let Some(diagnostic) = unfit(field, &binding.plan.decode, request, &file.path) {
                return Err(diagnostic.into());
            }
            columns.push(index);
        }
        let schema = with_dictionaries(&metadata, setup, &columns);
        let options = ArrowReaderOptions::new().with_schema(schema);
        let metadata = match ArrowReaderMetadata::try_new(metadata.metadata().clone(), options) {
            Ok(with_dictionaries) => with_dictionaries,
            // What the file says about its own schema wins over our wish to read it faster.
            Err(_) => metadata,
        };
        Ok(Self {
            reader,
            metadata,
            columns,
        })
    }

    pub(super) fn groups(&self) -> usize {
        self.metadata.metadata().num_row_groups()
    }

    /// Rows of the file before a row group.
    pub(super) fn rows_before(&self, group: usize) -> u64 {
        let groups = &self.metadata.metadata().row_groups()[..group];
        groups.iter().map(|group| group.num_rows().unsigned_abs()).sum()
    }

    /// Decodes a row group.
    pub(super) fn read(
        &self,
        group: usize,
        setup: &Setup,
        take: &mut dyn FnMut(Decoded) -> ControlFlow<()>,
    ) -> Result<(), Trouble> {
        let mut first = 0;
        let trouble = |record: u32, why: String| Trouble {
            record,
            column: None,
            text: None,
            bad: Bad::new(format!("cannot be read as Parquet: {why}")).rule("unreadable-file"),
        };
        let mut wanted = self.columns.clone();
        wanted.sort_unstable();
        wanted.dedup();
        let parquet_schema = self.metadata.metadata().file_metadata().schema_descr_ptr();
        let mask = ProjectionMask::roots(&parquet_schema, wanted.iter().copied());
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(self.reader.clone(), self.metadata.clone());
        let batches = builder
            .with_projection(mask)
            .with_row_groups(vec![group])
            .with_batch_size(ROWS)
            .build()
            .map_err(|why| trouble(0, why.to_string()))?;
        for batch in batches {
            let batch = batch.map_err(|why| trouble(first, why.to_string()))?;
            let decoded = self.decode(&batch, &wanted, first, setup)?;
            first += batch.num_rows() as u32;
            if take(decoded).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn decode(&self, batch: &RecordBatch, wanted: &[usize], first: u32, setup: &Setup) -> Result<Decoded, Trouble> {
        let rows = batch.num_rows();
        let mut decoded = Decoded {
            batch: Batch {
                rows,
                columns: Vec::new(),
            },
            records: None,
            first,
            repairs: 0,
            skipped: 0,
        };
        let mut bad: Vec<bool> = Vec::new();
        let mut worst: Option<Trouble> = None;
        for (binding, index) in setup.columns.iter().zip(&self.columns) {
            let at = wanted.binary_search(index).expect("a column that was asked for");
            let converted = convert::column(batch.column(at), &binding.plan);
            let unread = converted
                .failed
                .into_iter()
                .filter(|(_, bad)| !setup.skip || bad.is_declaration());
            let mut skipped = converted.failed_rows;
            for (row, why) in unread {
                skipped.clear();
                if worst.as_ref().is_none_or(|worst| first + (row as u32) < worst.record) {
                    worst = Some(Trouble {
                        record: first + row as u32,
                        column: Some(binding.plan.name.clone()),
                        text: convert::text(batch.column(at), row),
                        bad: why,
                    });
                }
            }
            for row in skipped {
                bad.resize(rows, false);
                bad[row] = true;
            }
            decoded.repairs += converted.repairs;
            decoded.batch.columns.push(converted.column);
        }
        if let Some(trouble) = worst {
            return Err(trouble);
        }
        if !bad.is_empty() {
            decoded.skipped = bad.iter().filter(|bad| **bad).count() as u64;
            let keep: Vec<bool> = bad.iter().map(|bad| !bad).collect();
            decoded.keep(&keep);
        }
        Ok(decoded)
    }
}

/// The type of a column in the file; `None`: text, or something that is read as its text.
fn kind(data: &DataType) -> Option<Type> {
    match data {
        DataType::Boolean => Some(Type::Boolean),
        data if data.is_numeric() => Some(Type::Number),
        DataType::Timestamp(..) => Some(Type::Timestamp),
        DataType::Date32 | DataType::Date64 => Some(Type::Date),
        _ => None,
    }
}

/// Says why a column can never be what it is used as.
fn unfit(field: &Field, decode: &Decode, request: &Request<'_>, path: &str) -> Option<Diagnostic> {
    let name = field.name();
    let place = || Place::Data {
        path: path.to_owned(),
        line: None,
        column: Some(name.clone()),
    };
    let also =
        |diagnostic: Diagnostic| diagnostic.also(request.source.path_span, format!("source `{}` reads it", request.id));
    if field.data_type().is_floating() && matches!(decode, Decode::Number { round: None, .. }) {
        let message = format!("column `{name}` holds floats, and the source does not say how many decimals count");
        return Some(also(
            Diagnostic::new("unreadable-value", place(), message)
                .help(format!("say it under `columns`: `{name}: {{ decimal: 2 }}`")),
        ));
    }
    if field.data_type().is_nested() {
        let message = format!("column `{name}` holds lists or structures");
        return Some(also(
            Diagnostic::new("unreadable-value", place(), message).help("export it as plain columns"),
        ));
    }
    None
}

/// The file's schema with texts of few different values as dictionaries, as they are stored.
fn with_dictionaries(metadata: &ArrowReaderMetadata, setup: &Setup, columns: &[usize]) -> SchemaRef {
    let schema = metadata.schema();
    let mut fields: Vec<Arc<Field>> = schema.fields().iter().cloned().collect();
    let flat = metadata.metadata().file_metadata().schema_descr().num_columns() == fields.len();
    for (binding, &index) in setup.columns.iter().zip(columns) {
        let is_text = matches!(binding.plan.decode, Decode::Text) && *fields[index].data_type() == DataType::Utf8;
        // Fewer than four bytes a value can only be numbers into a dictionary.
        let small = |group: &parquet::file::metadata::RowGroupMetaData| {
            let column = group.column(index);
            column.dictionary_page_offset().is_some() && column.uncompressed_size() < 4 * column.num_values().max(1)
        };
        if flat && is_text && metadata.metadata().row_groups().iter().all(small) {
            let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            fields[index] = Arc::new(fields[index].as_ref().clone().with_data_type(dictionary));
        }
    }
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}
