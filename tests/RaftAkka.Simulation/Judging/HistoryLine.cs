using System.Text.Json;

namespace RaftAkka.Simulation.Judging;

/// <summary>
/// One line of a history file: strict about the fields it needs, blind to those it does not know.
/// </summary>
internal sealed class HistoryLine
{
    private readonly JsonElement fields;
    private readonly int number;

    /// <exception cref="HistoryFormatException">The line is JSON, but not an object.</exception>
    public HistoryLine(JsonElement fields, int number)
    {
        (this.fields, this.number) = (fields, number);
        if (fields.ValueKind != JsonValueKind.Object)
            throw Problem($"an operation is a JSON object, this is {Describe(fields)}");
    }

    public static string NameOf(OperationKind kind) => kind switch
    {
        OperationKind.Get => "get",
        OperationKind.Put => "put",
        OperationKind.Append => "append",
        OperationKind.Delete => "delete",
        OperationKind.Cas => "cas",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown kind"),
    };

    /// <exception cref="HistoryFormatException">A field is missing, or wrong, or contradicts one.</exception>
    public Operation ToOperation()
    {
        var kind = Kind();
        var (call, @return) = (RequiredInteger("call"), OptionalInteger("return"));
        if (@return < call) throw Problem($"\"return\" ({@return}) is before \"call\" ({call})");

        var outcome = Outcome(@return);
        var isCas = kind == OperationKind.Cas;
        return new Operation(
            RequiredInteger("process"), kind, RequiredString("key"), Value(kind, outcome),
            isCas ? OptionalString("expect", mustBeThere: true) : null,
            isCas && (OptionalBoolean("swapped", mustBeThere: outcome == Judging.Outcome.Known) ?? false),
            call, @return, outcome);
    }

    private OperationKind Kind()
    {
        var name = RequiredString("op");
        foreach (var kind in Enum.GetValues<OperationKind>())
            if (NameOf(kind) == name) return kind;
        throw Problem($"\"op\" is \"{name}\"; known are get, put, append, delete and cas");
    }

    private Outcome Outcome(long? @return)
    {
        var (unknown, ok) = (OptionalBoolean("unknown") ?? false, OptionalBoolean("ok") ?? true);
        if (unknown && !ok)
            throw Problem("\"unknown\":true and \"ok\":false contradict: a failure is a known outcome");
        if (!ok) return Judging.Outcome.Failed;
        return unknown || @return is null ? Judging.Outcome.Unknown : Judging.Outcome.Known;
    }

    private string? Value(OperationKind kind, Outcome outcome) => kind switch
    {
        OperationKind.Get => OptionalString("value", mustBeThere: outcome == Judging.Outcome.Known),
        OperationKind.Delete => null,
        _ => RequiredString("value"),
    };

    private long RequiredInteger(string name) => OptionalInteger(name) ?? throw Missing(name, "an integer");

    private string RequiredString(string name) => OptionalString(name) ?? throw Missing(name, "a string");

    private long? OptionalInteger(string name)
    {
        if (!TryGet(name, out var field)) return null;
        if (field.ValueKind == JsonValueKind.Number && field.TryGetInt64(out var value)) return value;
        throw Problem($"\"{name}\" must be an integer of at most 64 bits, it is {Describe(field)}");
    }

    private bool? OptionalBoolean(string name, bool mustBeThere = false)
    {
        if (!TryGet(name, out var field)) return mustBeThere ? throw Missing(name, "true or false") : null;
        if (field.ValueKind is JsonValueKind.True or JsonValueKind.False) return field.GetBoolean();
        throw Problem($"\"{name}\" must be true or false, it is {Describe(field)}");
    }

    // Here null says something (an absent key), so that a field which must be there may still be null.
    private string? OptionalString(string name, bool mustBeThere = false)
    {
        if (mustBeThere && !fields.TryGetProperty(name, out _)) throw Missing(name, "a string or null");
        if (!TryGet(name, out var field)) return null;
        if (field.ValueKind != JsonValueKind.String)
            throw Problem($"\"{name}\" must be a string, it is {Describe(field)}");
        try
        {
            return field.GetString();
        }
        catch (InvalidOperationException)
        {
            throw Problem($"\"{name}\" holds half of a surrogate pair, which is not text");
        }
    }

    private bool TryGet(string name, out JsonElement field) =>
        fields.TryGetProperty(name, out field) && field.ValueKind != JsonValueKind.Null;

    private static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => $"the number {element.GetRawText()}",
        var other => other.ToString().ToLowerInvariant(),
    };

    private HistoryFormatException Missing(string name, string type) =>
        Problem($"\"{name}\" is missing; it must be {type}");

    private HistoryFormatException Problem(string problem) => new(number, problem);
}
