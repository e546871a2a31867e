using RaftAkka.KeyValue.Wire;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.KeyValue.Tests;

/// <summary>The store in a snapshot: what is captured stays as it was, and comes back elsewhere.</summary>
public sealed class SnapshotTests
{
    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 100)]
    [InlineData(3, 3_000)]
    [InlineData(4, 20_000)]
    public void A_restored_store_is_the_one_that_was_captured_whatever_came_later(int seed, int keys)
    {
        var random = new Random(seed);
        var store = new Store();
        var captures = new List<(ISnapshotSource Source, string Digest)>();

        for (var round = 0; round < 4; round++)
        {
            for (var step = 0; step < 2 * keys; step++) Change(store, random, keys);
            captures.Add((store.Machine.CaptureSnapshot(), store.Machine.Digest()));
        }

        for (var step = 0; step < keys; step++) Change(store, random, keys);
        foreach (var (source, digest) in captures) Assert.Equal(digest, Restored(Written(source)).Digest());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_restored_store_goes_on_like_the_one_that_was_captured(int seed)
    {
        var random = new Random(seed);
        var store = new Store();
        for (var step = 0; step < 5_000; step++) Change(store, random, keys: 2_000);
        var other = new Store();
        other.Machine.Restore(Snapshot(store));

        // Puts split the nodes that restoring built, and deletes merge them, down to nothing.
        for (var step = 0; step < 20_000; step++)
        {
            var (key, value) = ($"k{random.Next(4_000)}", $"{random.Next()}");
            if (random.Next(10) < (step < 8_000 ? 8 : 1)) Assert.Equal(store.Put(key, value), other.Put(key, value));
            else Assert.Equal(store.Delete(key), other.Delete(key));
        }

        Assert.Equal(store.Machine.Digest(), other.Machine.Digest());
        foreach (var entry in store.List("", limit: 10_000).Entries)
            Assert.Equal(store.Delete(entry.KeyText), other.Delete(entry.KeyText));
        Assert.Equal((0, store.Machine.Digest()), (other.Machine.Count, other.Machine.Digest()));
    }

    // A value of the same length takes the old one's memory, but never that of a captured one.
    [Fact]
    public void A_value_that_is_overwritten_stays_what_it_was_in_the_capture()
    {
        var store = new Store();
        store.Put("a", "11");
        store.Put("a", "12");
        using var first = store.Machine.CaptureSnapshot();
        store.Put("a", "21");
        store.Put("a", "22");
        using var second = store.Machine.CaptureSnapshot();
        store.Put("a", "31");
        store.Put("a", "32");

        Assert.Equal(
            ("12", "22", "32"),
            (ValueOf(Written(first)), ValueOf(Written(second)), store.Get("a")!.ValueText));

        static string ValueOf(MemoryStream snapshot) => System.Text.Encoding.ASCII.GetString(snapshot.ToArray()[^2..]);
    }

    [Fact]
    public void Restoring_forgets_all_that_was_there_before()
    {
        var store = new Store();
        store.Put("a", "1");
        var snapshot = Snapshot(store);
        var digest = store.Machine.Digest();
        for (var i = 0; i < 1_000; i++) store.Put($"later {i}", "");

        store.Machine.Restore(snapshot);

        Assert.Equal(digest, store.Machine.Digest());
        Assert.Null(store.Get("later 1"));
    }

    [Fact]
    public void Stores_that_hold_the_same_write_the_same_bytes_however_they_came_to_it()
    {
        var random = new Random(7);
        var store = new Store();
        for (var step = 0; step < 3_000; step++) Change(store, random, keys: 500);

        Assert.Equal(Snapshot(store).ToArray(), Snapshot(Restored(Snapshot(store))).ToArray());
    }

    [Fact]
    public void Small_snapshots_have_these_bytes()
    {
        var store = new Store();
        ShouldBe("01" + "0000000000000000" + "00000000", Snapshot(store));

        store.Put("b", "");
        store.Put("a", "1");
        store.Put("a", "23");

        ShouldBe("01" + "0300000000000000" + "02000000"
            + "0200000000000000" + "0300000000000000" + "0200000000000000" + "0100" + "02000000" + "61" + "3233"
            + "0100000000000000" + "0100000000000000" + "0100000000000000" + "0100" + "00000000" + "62",
            Snapshot(store));
    }

    [Fact]
    public void A_state_larger_than_any_buffer_goes_through_a_stream_that_hands_out_little_at_a_time()
    {
        var store = new Store();
        for (var i = 0; i < 20; i++)
            store.Apply(Request.Put(Store.Bytes($"large {i}"), new byte[KeyValueLimits.ValueBytesMax - i]));
        for (var i = 0; i < 5_000; i++) store.Put($"small {i}", $"{i}");
        var machine = new KeyValueMachine();

        machine.Restore(new Trickle(Snapshot(store)));

        Assert.Equal(store.Machine.Digest(), machine.Digest());
    }

    [Fact]
    public void Bytes_cut_off_anywhere_are_refused()
    {
        var bytes = Snapshot(Small()).ToArray();
        for (var length = 0; length < bytes.Length; length++) ShouldBeRefused(bytes[..length]);
        ShouldBeRefused([.. bytes, 0]);
    }

    // The snapshot's file has checksums; here it is enough that nothing worse happens than a refusal.
    [Fact]
    public void Flipped_bytes_give_a_refusal_or_another_store_and_never_take_memory_that_is_not_there()
    {
        var bytes = Snapshot(Small()).ToArray();
        for (var at = 0; at < bytes.Length; at++)
        {
            foreach (var flip in (byte[])[0x01, 0x80, 0xFF])
            {
                var copy = bytes.ToArray();
                copy[at] ^= flip;
                var before = GC.GetAllocatedBytesForCurrentThread();
                TryRestore(copy);
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024 * 1024);
            }
        }
    }

    [Theory]
    [InlineData("02" + "0000000000000000" + "00000000", "format version 2")]
    [InlineData("01" + "FFFFFFFFFFFFFFFF" + "00000000", "revision -1")]
    [InlineData("01" + "0100000000000000" + "FFFFFFFF", "4294967295 keys")]
    [InlineData("01" + "0100000000000000" + "FFFFFF7F", "ends before")]
    [InlineData("01" + "0100000000000000" + "01000000"
        + "0100000000000000" + "0100000000000000" + "0100000000000000" + "0100" + "01001000", "1048577 bytes")]
    [InlineData("01" + "0100000000000000" + "01000000"
        + "0100000000000000" + "0100000000000000" + "0100000000000000" + "0000" + "00000000", "key of 0 bytes")]
    [InlineData("01" + "0100000000000000" + "01000000"
        + "0100000000000000" + "0200000000000000" + "0100000000000000" + "0100" + "00000000" + "61", "ModRevision = 2")]
    [InlineData("01" + "0200000000000000" + "02000000"
        + "0100000000000000" + "0100000000000000" + "0100000000000000" + "0100" + "00000000" + "61"
        + "0100000000000000" + "0100000000000000" + "0100000000000000" + "0100" + "00000000" + "61", "not in order")]
    public void What_no_store_can_hold_is_refused_by_name(string hex, string says) =>
        Assert.Contains(says, Assert.Throws<InvalidDataException>(() => Restore(Convert.FromHexString(hex))).Message);

    private static Store Small()
    {
        var store = new Store();
        for (var i = 0; i < 5; i++) store.Put($"key {i}", $"value {i}");
        return store;
    }

    private static void Change(Store store, Random random, int keys)
    {
        var key = $"k{random.Next(keys)}";
        if (random.Next(10) < 7) store.Put(key, $"{random.Next()}");
        else store.Delete(key);
    }

    private static MemoryStream Snapshot(Store store) => Snapshot(store.Machine);

    private static MemoryStream Snapshot(KeyValueMachine machine) => Written(machine.CaptureSnapshot());

    private static MemoryStream Written(ISnapshotSource source)
    {
        using (source)
        {
            var stream = new MemoryStream();
            source.WriteTo(stream);
            stream.Position = 0;
            return stream;
        }
    }

    private static KeyValueMachine Restored(MemoryStream snapshot)
    {
        var machine = new KeyValueMachine();
        machine.Restore(snapshot);
        return machine;
    }

    private static void Restore(byte[] snapshot) => Restored(new MemoryStream(snapshot));

    private static void TryRestore(byte[] snapshot)
    {
        try
        {
            Restore(snapshot);
        }
        catch (InvalidDataException e)
        {
            Assert.StartsWith("The key-value snapshot", e.Message, StringComparison.Ordinal);
        }
    }

    private static void ShouldBeRefused(byte[] snapshot) =>
        Assert.Throws<InvalidDataException>(() => Restore(snapshot));

    private static void ShouldBe(string hex, MemoryStream snapshot) =>
        Assert.Equal(hex, Convert.ToHexString(snapshot.ToArray()));

    /// <summary>Hands out at most a thousand bytes at a time, as a stream may.</summary>
    private sealed class Trickle(Stream inner) : MemoryStream
    {
        public override int Read(Span<byte> buffer) => inner.Read(buffer[..Math.Min(buffer.Length, 1_000)]);

        public override int Read(byte[] buffer, int offset, int count) =>
            inner.Read(buffer, offset, Math.Min(count, 1_000));

        public override int ReadByte() => inner.ReadByte();
    }
}
