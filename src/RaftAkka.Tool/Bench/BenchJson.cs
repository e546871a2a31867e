using System.Text.Encodings.Web;
using System.Text.Json;

namespace RaftAkka.Tool.Bench;

/// <summary>A run's result for scripts: one JSON document on one line. What is not known is null.</summary>
internal static class BenchJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(BenchResult result)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            Numbers(json, result);
            Failures(json, result);
            Cpu(json, result);
            ReadBack(json, result);
            Seconds(json, result);
            Settings(json, result.Settings);
            json.WriteEndObject();
        }
        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static void Numbers(Utf8JsonWriter json, BenchResult result)
    {
        json.WriteNumber("operations", result.Operations);
        Rounded(json, "operationsPerSecond", result.OperationsPerSecond);
        Rounded(json, "p50Ms", result.Milliseconds(50));
        Rounded(json, "p90Ms", result.Milliseconds(90));
        Rounded(json, "p99Ms", result.Milliseconds(99));
        Rounded(json, "p999Ms", result.Milliseconds(99.9));
        Rounded(json, "maxMs", result.MaxMilliseconds);
        Rounded(json, "meanMs", result.MeanMilliseconds);
        Rounded(json, "seconds", result.Elapsed.TotalSeconds);
        json.WriteNumber("neverBegun", result.NeverBegun);
    }

    private static void Failures(Utf8JsonWriter json, BenchResult result)
    {
        json.WriteNumber("errors", result.Errors);
        json.WriteNumber("unknown", result.Unknown);
        json.WriteNumber("notApplied", result.Failures.GetValueOrDefault(BenchFailure.NotApplied));
        json.WriteNumber("busy", result.Failures.GetValueOrDefault(BenchFailure.Busy));
        json.WriteNumber("readsFailed", result.Failures.GetValueOrDefault(BenchFailure.ReadFailed));
        json.WriteNumber("wrongReads", result.WrongReads);
        json.WriteStartArray("reasons");
        foreach (var reason in result.Reasons.Values) json.WriteStringValue(reason);
        json.WriteEndArray();
    }

    private static void Cpu(Utf8JsonWriter json, BenchResult result)
    {
        json.WriteStartObject("cpuMicrosPerOperation");
        Known(json, "all", result.MicrosecondsEach(result.CpuOfAll));
        Known(json, "client", result.MicrosecondsEach(result.Cpu.Client));
        json.WriteStartObject("nodes");
        foreach (var (name, used) in result.Cpu.Nodes) Known(json, name, result.MicrosecondsEach(used));
        foreach (var name in result.UnseenNodes) json.WriteNull(name);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void ReadBack(Utf8JsonWriter json, BenchResult result)
    {
        if (result.ReadBack is not { } kept)
        {
            json.WriteNull("verification");
            return;
        }
        json.WriteStartObject("verification");
        json.WriteBoolean("ok", result.IsIntact && kept.Unread == 0);
        json.WriteNumber("keys", kept.Keys);
        json.WriteNumber("checked", kept.Checked);
        json.WriteNumber("later", kept.Later);
        json.WriteNumber("lost", kept.Lost);
        json.WriteNumber("wrong", kept.Wrong);
        json.WriteNumber("unread", kept.Unread);
        json.WriteEndObject();
    }

    private static void Seconds(Utf8JsonWriter json, BenchResult result)
    {
        json.WriteStartArray("timeline");
        foreach (var second in result.Seconds)
        {
            json.WriteStartObject();
            Rounded(json, "second", second.End.TotalSeconds);
            Rounded(json, "operationsPerSecond", second.PerSecond);
            Rounded(json, "p50Ms", second.P50Ms);
            Rounded(json, "p99Ms", second.P99Ms);
            Rounded(json, "maxMs", second.MaxMs);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Settings(Utf8JsonWriter json, BenchSettings settings)
    {
        json.WriteStartObject("settings");
        json.WriteString("op", settings.Operation.ToString().ToLowerInvariant());
        json.WriteNumber("readsPercent", settings.ReadsPercent);
        json.WriteNumber("inFlight", settings.InFlight);
        Known(json, "rate", settings.Rate);
        json.WriteNumber("valueBytes", settings.ValueBytes);
        json.WriteNumber("keyBytes", BenchKey.Bytes);
        json.WriteNumber("keys", settings.Keys);
        json.WriteString("distribution", settings.Distribution.ToString().ToLowerInvariant());
        json.WriteNumber("clients", settings.Clients);
        Rounded(json, "warmUpSeconds", settings.WarmUp.TotalSeconds);
        Rounded(json, "seconds", settings.Duration.TotalSeconds);
        json.WriteEndObject();
    }

    private static void Known(Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } known) Rounded(json, name, known);
        else json.WriteNull(name);
    }

    private static void Rounded(Utf8JsonWriter json, string name, double number) =>
        json.WriteNumber(name, Math.Round(number, 3));
}
