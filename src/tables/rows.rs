use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int32Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{
    Array, BooleanArray, Date32Array, Decimal128Array, Int64Array, StringArray, TimestampMicrosecondArray,
};
use arrow_select::filter::filter;
use arrow_select::interleave::interleave;

use crate::expression::{Column, Numbers, Texts, Type};

/// A column without rows.
pub(super) fn empty(kind: Type) -> Column {
    match kind {
        Type::Boolean => Column::Boolean(Vec::<bool>::new().into()),
        Type::Number => Column::Number(Numbers::Small {
            mantissas: Int64Array::from(Vec::<i64>::new()),
            scale: 0,
        }),
        Type::Text => Column::Text(Texts::Plain(StringArray::from(Vec::<&str>::new()))),
        Type::Timestamp => Column::Timestamp(TimestampMicrosecondArray::from(Vec::<i64>::new())),
        Type::Date => Column::Date(Date32Array::from(Vec::<i32>::new())),
    }
}

/// Keeps the rows for which `keep` is true.
pub(super) fn keep(column: &Column, keep: &BooleanArray) -> Column {
    const SAME_LENGTH: &str = "a mask as long as the column";
    match column {
        Column::Boolean(values) => Column::Boolean(filter(values, keep).expect(SAME_LENGTH).as_boolean().clone()),
        Column::Timestamp(values) => {
            let kept = filter(values, keep).expect(SAME_LENGTH);
            Column::Timestamp(kept.as_primitive::<TimestampMicrosecondType>().clone())
        }
        Column::Date(values) => Column::Date(
            filter(values, keep)
                .expect(SAME_LENGTH)
                .as_primitive::<Date32Type>()
                .clone(),
        ),
        Column::Number(Numbers::Small { mantissas, scale }) => Column::Number(Numbers::Small {
            mantissas: filter(mantissas, keep)
                .expect(SAME_LENGTH)
                .as_primitive::<Int64Type>()
                .clone(),
            scale: *scale,
        }),
        Column::Number(Numbers::Wide(values)) => {
            let kept = filter(values, keep).expect(SAME_LENGTH);
            Column::Number(Numbers::Wide(kept.as_primitive::<Decimal128Type>().clone()))
        }
        Column::Text(Texts::Plain(values)) => Column::Text(Texts::Plain(
            filter(values, keep).expect(SAME_LENGTH).as_string::<i32>().clone(),
        )),
        Column::Text(Texts::Dictionary(values)) => {
            let kept = filter(values, keep).expect(SAME_LENGTH);
            Column::Text(Texts::Dictionary(kept.as_dictionary::<Int32Type>().clone()))
        }
    }
}

/// Makes a column of rows of several columns of one type; each row is (column, row).
///
/// # Panics
/// When there are no columns or their types differ.
pub(super) fn gather(columns: &[&Column], rows: &[(usize, usize)]) -> Column {
    const ONE_TYPE: &str = "columns of one type";
    fn pick(arrays: &[&dyn Array], rows: &[(usize, usize)]) -> arrow_array::ArrayRef {
        interleave(arrays, rows).expect(ONE_TYPE)
    }
    macro_rules! arrays {
        ($variant:path) => {
            columns
                .iter()
                .map(|column| match column {
                    $variant(values) => values as &dyn Array,
                    _ => panic!("{ONE_TYPE}"),
                })
                .collect::<Vec<_>>()
        };
    }
    match columns.first().expect("at least one column") {
        Column::Boolean(_) => Column::Boolean(pick(&arrays!(Column::Boolean), rows).as_boolean().clone()),
        Column::Timestamp(_) => {
            let picked = pick(&arrays!(Column::Timestamp), rows);
            Column::Timestamp(picked.as_primitive::<TimestampMicrosecondType>().clone())
        }
        Column::Date(_) => Column::Date(pick(&arrays!(Column::Date), rows).as_primitive::<Date32Type>().clone()),
        Column::Text(_) => Column::Text(texts(columns, rows)),
        Column::Number(_) => Column::Number(numbers(columns, rows)),
    }
}

fn texts(columns: &[&Column], rows: &[(usize, usize)]) -> Texts {
    let text = |&(column, row): &(usize, usize)| match columns[column] {
        Column::Text(Texts::Plain(values)) => values.is_valid(row).then(|| values.value(row)),
        Column::Text(Texts::Dictionary(values)) => values.is_valid(row).then(|| {
            let words = values.values().as_string::<i32>();
            words.value(values.keys().value(row) as usize)
        }),
        _ => panic!("columns of one type"),
    };
    Texts::Plain(rows.iter().map(text).collect())
}

/// Numbers of different scales get the largest of them; 38 digits always hold them, else the
/// values could not have been read into one column either.
fn numbers(columns: &[&Column], rows: &[(usize, usize)]) -> Numbers {
    let scale = |column: &Column| match column {
        Column::Number(Numbers::Small { scale, .. }) => u32::from(*scale),
        Column::Number(Numbers::Wide(values)) => values.scale().unsigned_abs().into(),
        _ => panic!("columns of one type"),
    };
    let widest = columns.iter().map(|column| scale(column)).max().unwrap_or(0);
    let value = |&(column, row): &(usize, usize)| {
        let (mantissa, scale) = match columns[column] {
            Column::Number(Numbers::Small { mantissas, scale }) => (
                mantissas.is_valid(row).then(|| i128::from(mantissas.value(row))),
                u32::from(*scale),
            ),
            Column::Number(Numbers::Wide(values)) => (
                values.is_valid(row).then(|| values.value(row)),
                values.scale().unsigned_abs().into(),
            ),
            _ => panic!("columns of one type"),
        };
        mantissa.map(|m| m.saturating_mul(10i128.pow(widest - scale)))
    };
    let values: Vec<Option<i128>> = rows.iter().map(value).collect();
    let small = |m: &Option<i128>| m.is_none_or(|m| i64::try_from(m).is_ok());
    if widest <= 18 && values.iter().all(small) {
        let mantissas: Int64Array = values.into_iter().map(|m| m.map(|m| m as i64)).collect();
        return Numbers::Small {
            mantissas,
            scale: widest as u8,
        };
    }
    let wide: Decimal128Array = values.into_iter().collect();
    Numbers::Wide(
        wide.with_precision_and_scale(38, widest as i8)
            .expect("a scale of at most 38"),
    )
}
