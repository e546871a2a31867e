using System.Text;
using RaftAkka.KeyValue.Wire;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.KeyValue.Tests;

/// <summary>A machine, spoken to in text and without a cluster.</summary>
internal sealed class Store
{
    private long _index;

    public KeyValueMachine Machine { get; } = new();

    public KeyVersion Put(string key, string value) =>
        ReplyReader.Put(Apply(Request.Put(Bytes(key), Bytes(value))))!.Value;

    public DeleteResult Delete(string key) => ReplyReader.Delete(Apply(Request.Delete(Bytes(key))))!.Value;

    public CompareAndSwapResult Swap(string key, string? expected, string value) =>
        ReplyReader.Swap(Apply(expected is null
            ? Request.SwapIfAbsent(Bytes(key), Bytes(value))
            : Request.SwapIfValue(Bytes(key), Bytes(expected), Bytes(value))))!.Value;

    public CompareAndSwapResult SwapAt(string key, long expectedModRevision, string value) =>
        ReplyReader.Swap(Apply(Request.SwapIfRevision(Bytes(key), expectedModRevision, Bytes(value))))!.Value;

    public KeyValueEntry? Get(string key)
    {
        Assert.True(ReplyReader.TryGet(Bytes(key), Machine.Query(Request.Get(Bytes(key))), out var entry));
        return entry;
    }

    public KeyValuePage List(string prefix, string from = "", int limit = 1_000) =>
        ReplyReader.List(Machine.Query(Request.List(Bytes(prefix), Bytes(from), limit)))!;

    public ReadOnlyMemory<byte> Apply(byte[] command) => Machine.Apply(new CommittedCommand(
        new LogIndex(++_index), new SessionId(1), new SequenceNumber(_index), command));

    public ReplyStatus? StatusOf(byte[] command) => ReplyReader.Status(Apply(command));

    public ReplyStatus? StatusOfQuery(byte[] query) => ReplyReader.Status(Machine.Query(query));

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
