using System.Collections;
using System.Reflection;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Wire;

/// <summary>
/// Compares messages by all that they hold: records compare lists and bytes only by reference.
/// </summary>
internal static class Same
{
    public static void Message(object expected, object actual) => Compare(expected, actual, expected.GetType().Name);

    private static void Compare(object? expected, object? actual, string path)
    {
        Assert.True(expected?.GetType() == actual?.GetType() || expected is IEnumerable, $"{path} differs in type");
        switch (expected)
        {
            case null:
            case string:
                Assert.True(Equals(expected, actual), $"{path} differs");
                break;
            case ReadOnlyMemory<byte> bytes:
                Assert.True(bytes.Span.SequenceEqual(((ReadOnlyMemory<byte>)actual!).Span), $"{path} differs");
                break;
            case LogEntry entry:
                Compare(entry.Record, ((LogEntry)actual!).Record, path);
                break;
            case IEnumerable list:
                CompareLists(list.Cast<object>().ToList(), ((IEnumerable)actual!).Cast<object>().ToList(), path);
                break;
            case var _ when expected.GetType().Assembly == typeof(LogEntry).Assembly && !expected.GetType().IsEnum:
                CompareProperties(expected, actual!, path);
                break;
            default:
                Assert.True(expected.Equals(actual), $"{path} differs");
                break;
        }
    }

    private static void CompareLists(List<object> expected, List<object> actual, string path)
    {
        Assert.True(expected.Count == actual.Count, $"{path} has {actual.Count} items, not {expected.Count}");
        for (var i = 0; i < expected.Count; i++) Compare(expected[i], actual[i], $"{path}[{i}]");
    }

    private static void CompareProperties(object expected, object actual, string path)
    {
        if (expected is ServerId or ClusterId or GroupName or Term or LogIndex or SequenceNumber or SessionId or SessionToken
            or ReadRound or ReadId)
        {
            Assert.True(expected.Equals(actual), $"{path} differs");
            return;
        }

        foreach (var property in expected.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
            Compare(property.GetValue(expected), property.GetValue(actual), $"{path}.{property.Name}");
    }
}
