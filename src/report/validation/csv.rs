//! The folds as comma-separated values.

use super::contents::Contents;

/// One line a pipeline and fold under a header: sizes, seconds, and a column a metric, which is
/// empty where the metric has no value. Lines end and fields are quoted as in RFC 4180.
pub(super) fn csv(contents: &Contents) -> String {
    let fixed = ["pipeline", "fold", "trained", "validated"];
    let seconds = ["fit_seconds", "transform_seconds", "predict_seconds"];
    let metrics = contents.metrics.iter().map(String::as_str);
    let header: Vec<_> = fixed
        .into_iter()
        .chain(seconds)
        .chain(metrics)
        .map(str::to_owned)
        .collect();
    let mut text = line(&header);
    for pipeline in &contents.pipelines {
        for (place, fold) in pipeline.folds.iter().enumerate() {
            let mut fields = vec![pipeline.name.clone()];
            fields.extend([fold.fold, fold.trained, fold.validated].map(|count| count.to_string()));
            let seconds = [
                fold.fit_seconds,
                fold.transform_seconds,
                fold.predict_seconds,
            ];
            fields.extend(seconds.map(|seconds| seconds.to_string()));
            let values = (0..contents.metrics.len()).map(|metric| pipeline.scores(metric));
            fields.extend(values.map(|scores| match scores {
                Some(scores) => scores.values[place].to_string(),
                None => String::new(),
            }));
            text += &line(&fields);
        }
    }
    text
}

fn line(fields: &[String]) -> String {
    let fields: Vec<_> = fields.iter().map(|field| quoted(field)).collect();
    fields.join(",") + "\r\n"
}

/// In quotation marks, which are doubled within, where it is needed.
fn quoted(field: &str) -> String {
    match field.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_need_it() {
        let fields = ["plain name", "a,b", "say \"a\"", "two\nlines", ""];
        assert_eq!(
            line(&fields.map(str::to_owned)),
            "plain name,\"a,b\",\"say \"\"a\"\"\",\"two\nlines\",\r\n"
        );
    }
}
