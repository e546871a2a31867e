using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace RaftAkka.Simulation.Judging;

/// <summary>
/// A line of a history file cannot be understood. The message names the line and what is wrong.
/// </summary>
internal sealed class HistoryFormatException(int line, string problem)
    : Exception($"line {line}: {problem}");

/// <summary>
/// Histories as JSON lines, one operation a line, such as
/// <c>{"process":3,"op":"put","key":"k1","value":"v","call":12345,"return":12999,"ok":true}</c>.
/// </summary>
internal static class HistoryFile
{
    private static readonly JsonWriterOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Reads a history. Fields that the format does not know, and empty lines, are skipped.
    /// </summary>
    /// <exception cref="HistoryFormatException">A line is not an operation.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static List<Operation> Read(string path)
    {
        ReadOnlyMemory<byte> rest = File.ReadAllBytes(path);
        if (rest.Span.StartsWith("\uFEFF"u8)) rest = rest[3..];

        var history = new List<Operation>();
        for (var number = 1; !rest.IsEmpty; number++)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (line.Span.Trim(" \t\r"u8).IsEmpty) continue;
            history.Add(ReadLine(line, number));
        }
        return history;
    }

    public static void Write(string path, IEnumerable<Operation> history)
    {
        using var file = File.Create(path);
        foreach (var operation in history)
        {
            using (var json = new Utf8JsonWriter(file, Readable)) WriteLine(json, operation);
            file.WriteByte((byte)'\n');
        }
    }

    private static Operation ReadLine(ReadOnlyMemory<byte> line, int number)
    {
        if (!Utf8.IsValid(line.Span)) throw new HistoryFormatException(number, "not valid UTF-8");
        try
        {
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false };
            using var document = JsonDocument.Parse(line, options);
            return new HistoryLine(document.RootElement, number).ToOperation();
        }
        catch (JsonException exception)
        {
            // The parser counts lines too, from the start of this one: its count would only confuse.
            var reason = exception.Message.Split(" LineNumber:")[0];
            var at = exception.BytePositionInLine is { } index ? $" (at byte {index + 1} of the line)" : "";
            throw new HistoryFormatException(number, $"not valid JSON{at}: {reason}");
        }
    }

    private static void WriteLine(Utf8JsonWriter json, Operation operation)
    {
        json.WriteStartObject();
        json.WriteNumber("process", operation.Process);
        json.WriteString("op", HistoryLine.NameOf(operation.Kind));
        json.WriteString("key", operation.Key);
        if (operation.Kind == OperationKind.Cas) json.WriteString("expect", operation.Expect);
        if (operation.Kind != OperationKind.Delete) json.WriteString("value", operation.Value);
        json.WriteNumber("call", operation.Call);
        if (operation.Return is { } @return) json.WriteNumber("return", @return);
        if (operation.Outcome == Outcome.Unknown) json.WriteBoolean("unknown", true);
        else json.WriteBoolean("ok", operation.Outcome == Outcome.Known);
        if (operation is { Kind: OperationKind.Cas, Outcome: Outcome.Known })
            json.WriteBoolean("swapped", operation.Swapped);
        json.WriteEndObject();
    }
}
