using System.Text.Json;
using System.Text.Json.Serialization;

namespace RaftAkka.Protocol;

/// <summary>An id as JSON: the number that it is. Its properties would lead from number to number without an end.</summary>
internal abstract class NumberConverter<T>(Func<T, long> toNumber, Func<long, T> toId) : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        toId(reader.GetInt64());

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(toNumber(value));
}

internal sealed class TermConverter() : NumberConverter<Term>(term => term.Value, value => new Term(value));

internal sealed class LogIndexConverter() : NumberConverter<LogIndex>(index => index.Value, value => new LogIndex(value));

internal sealed class SequenceNumberConverter()
    : NumberConverter<SequenceNumber>(sequence => sequence.Value, value => new SequenceNumber(value));

/// <summary>A name as JSON: its text.</summary>
internal abstract class NameConverter<T>(Func<T, string> toText, Func<string, T> toName) : JsonConverter<T> where T : notnull
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return toName(reader.GetString() ?? "");
        }
        catch (ArgumentException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(toText(value));
}

internal sealed class ServerIdConverter() : NameConverter<ServerId>(server => server.Value, text => new ServerId(text));

internal sealed class ClusterIdConverter() : NameConverter<ClusterId>(cluster => cluster.Value, text => new ClusterId(text));

internal sealed class GroupNameConverter() : NameConverter<GroupName>(group => group.Value, text => new GroupName(text));
