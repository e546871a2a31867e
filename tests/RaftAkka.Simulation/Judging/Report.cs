using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RaftAkka.Simulation.Judging;

/// <summary>
/// A verdict for people: one line, and where the history is not linearizable the reason below it.
/// </summary>
internal static class Report
{
    private const int CharactersMax = 160;
    private const int KeysMax = 5;

    public static string Of(Verdict verdict, TimeSpan elapsed)
    {
        var text = new StringBuilder();
        var seconds = elapsed.TotalSeconds.ToString("F2", CultureInfo.InvariantCulture);
        text.AppendLine($"{Headline(verdict)}: {Counts(verdict)}, {seconds} s");
        if (verdict.Violation is { } violation) Explain(text, violation);
        if (verdict.Answer == Answer.Undecided) AdmitDefeat(text, verdict.UndecidedKeys);
        return text.ToString();
    }

    /// <summary>One operation on one line, such as <c>process 3  put "v"  12–19</c>.</summary>
    public static string Of(Operation operation) =>
        $"process {operation.Process}  {Action(operation)}  {Interval(operation)}";

    private static string Headline(Verdict verdict) => verdict.Answer switch
    {
        Answer.Linearizable => "linearizable",
        Answer.NotLinearizable => "NOT linearizable",
        _ => "undecided",
    };

    private static string Counts(Verdict verdict) =>
        $"{verdict.Operations} operations, {verdict.Keys} keys, {verdict.Clients} clients";

    private static void Explain(StringBuilder text, Violation violation)
    {
        text.AppendLine($"Key {Quote(violation.Key)}: no order of these {violation.Window.Count} operations "
            + "explains what their clients saw (call–return in ns; by time of call; the key starts absent):");
        foreach (var operation in violation.Window) text.AppendLine($"  {Of(operation)}");

        if (violation.Refused.Count == 0) return;
        text.AppendLine("What was read came from operations that definitely failed:");
        foreach (var operation in violation.Refused) text.AppendLine($"  {Of(operation)}");
    }

    private static void AdmitDefeat(StringBuilder text, IReadOnlyList<string> keys)
    {
        var more = keys.Count > KeysMax ? $" and {keys.Count - KeysMax} more" : "";
        var named = string.Join(", ", keys.Take(KeysMax).Select(Quote));
        text.AppendLine($"Not decided in time: key {named}{more}. Give more time with --timeout, "
            + "or record with fewer calls in flight per key and unique values.");
    }

    private static string Action(Operation operation) => operation switch
    {
        { Kind: OperationKind.Get, Outcome: Outcome.Known } => $"get → {Quote(operation.Value)}",
        { Kind: OperationKind.Get } => "get",
        { Kind: OperationKind.Delete } => "delete",
        { Kind: OperationKind.Put } => $"put {Quote(operation.Value)}",
        { Kind: OperationKind.Append } => $"append {Quote(operation.Value)}",
        { Outcome: not Outcome.Known } => CasOf(operation),
        _ => CasOf(operation) + (operation.Swapped ? " → swapped" : " → not swapped"),
    };

    private static string CasOf(Operation operation) =>
        $"cas {Quote(operation.Expect)} to {Quote(operation.Value)}";

    private static string Interval(Operation operation) => operation.Outcome switch
    {
        Outcome.Known => $"{operation.Call}–{operation.Return}",
        Outcome.Unknown => $"{operation.Call}– (outcome unknown)",
        _ => $"{operation.Call}–{operation.Return} (failed)",
    };

    // A long value differs from another most often at its end, where appends go.
    private static string Quote(string? value)
    {
        if (value is null) return "absent";
        var quoted = $"\"{JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
        if (quoted.Length <= CharactersMax) return quoted;
        const int half = CharactersMax / 2;
        return $"{quoted[..half]} … {quoted[^half..]} ({value.Length} characters)";
    }
}
