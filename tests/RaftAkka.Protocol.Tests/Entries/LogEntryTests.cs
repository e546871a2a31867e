using System.Buffers.Binary;
using Xunit;

namespace RaftAkka.Protocol.Tests;

public sealed class LogEntryTests
{
    [Theory]
    [InlineData(EntryKind.NoOp, 1)]
    [InlineData(EntryKind.RegisterSession, 2)]
    [InlineData(EntryKind.Commands, 3)]
    [InlineData(EntryKind.Queries, 4)]
    [InlineData(EntryKind.Clock, 6)]
    public void A_kind_keeps_its_number(EntryKind kind, byte number) =>
        Assert.Equal(number, Entry(1, 1, kind: kind).Record.Span[24]);

    [Fact]
    public void An_entry_reads_back_and_shares_the_bytes()
    {
        var entry = Entry(7, 3, "payload");
        byte[] bytes = [.. entry.Record.Span, 9, 9];

        Assert.True(LogEntry.TryDecode(bytes, out var decoded));

        Assert.Equal((entry.Id, entry.Kind), (decoded.Id, decoded.Kind));
        Assert.True(decoded.Payload.Span.SequenceEqual("payload"u8));
        Assert.True(decoded.Record.Span.Overlaps(bytes));
        Assert.Equal("7@3 Commands", decoded.ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(0x7F)]
    [InlineData(0xF0)]
    public void A_sound_record_of_an_unknown_kind_is_no_entry(byte kind) =>
        Assert.False(LogEntry.TryDecode(RecordCodec.Encode(Entry(1, 1).Id, kind, []), out _));

    [Fact]
    public void There_is_no_entry_before_the_first() =>
        Assert.False(LogEntry.TryDecode(RecordCodec.Encode(EntryId.Zero, (byte)EntryKind.NoOp, []), out _));

    [Theory]
    [InlineData(8, -1)]
    [InlineData(16, -1)]
    [InlineData(25, 2)]
    [InlineData(26, 1)]
    public void A_record_with_a_right_checksum_and_a_forbidden_field_is_no_entry(int offset, sbyte value)
    {
        var bytes = Entry(1, 1).Record.ToArray();
        if (offset < 24) BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(offset), value);
        else bytes[offset] = (byte)value;
        BinaryPrimitives.WriteUInt32LittleEndian(
            bytes.AsSpan(4), Crc32C.Compute(bytes.AsSpan(0, 4), bytes.AsSpan(8)));

        Assert.False(LogEntry.TryDecode(bytes, out _));
    }

    internal static LogEntry Entry(
        long index, long term, string payload = "", EntryKind kind = EntryKind.Commands) =>
        LogEntry.Create(
            new EntryId(new Term(term), new LogIndex(index)), kind,
            System.Text.Encoding.ASCII.GetBytes(payload));
}
