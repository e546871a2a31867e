using System.Globalization;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using RaftAkka.Protocol;

namespace RaftAkka.Settings;

/// <summary>
/// Reads the settings below <c>raft</c> one by one and collects what is wrong with them, so that a person
/// hears of all mistakes at once. A setting that cannot be read comes back as its default, and is remembered
/// as not read.
/// </summary>
internal sealed class SettingReader
{
    private const string AName = "a name of 1 to 64 letters, digits, dots, dashes or underscores";

    private readonly HoconObject? _raft;
    private readonly IReadOnlyDictionary<string, string> _keys;
    private readonly HashSet<string> _unread = [];
    private readonly List<string> _mistakes = [];

    public SettingReader(Config config, IReadOnlyDictionary<string, string> keys)
    {
        _keys = keys;
        var root = config.Root;
        if (root is null) return;

        if (HoconTree.CircleIn(root) is { } mistake)
        {
            _mistakes.Add(mistake);
            return;
        }

        if (!root.IsObject() || !root.GetObject().Items.TryGetValue(SettingKeys.Root, out var raft)) return;

        if (raft.IsObject()) _raft = raft.GetObject();
        else _mistakes.Add($"raft is {HoconTree.Describe(raft)}, and has to be a section: raft {{ … }}.");
        if (_raft is not null) FindUnknown(_raft, "");
    }

    public IReadOnlyList<string> Mistakes => _mistakes;

    /// <summary>
    /// Whether a property has the value that a person wrote, or its default because nobody wrote one.
    /// </summary>
    public bool WasRead(string property) => !_unread.Contains(property);

    /// <summary>What a person calls a property.</summary>
    public string NameOf(string property) => $"{SettingKeys.Root}.{_keys[property]}";

    public void Add(IEnumerable<string> mistakes) => _mistakes.AddRange(mistakes);

    public string Required(string property, string example) =>
        Text(property) ?? Missing(property, example, "");

    public string Optional(string property, string otherwise) => Text(property) ?? otherwise;

    public string? OptionalText(string property) => Text(property);

    /// <summary>A name of 1 to 64 allowed characters; the default value where there is none.</summary>
    public T Name<T>(string property, string text, Func<string, T> make)
        where T : struct
    {
        if (!WasRead(property)) return default;
        try
        {
            return make(text);
        }
        catch (ArgumentException)
        {
            return Wrong(property, $"'{text}'", AName, default(T));
        }
    }

    public TimeSpan Duration(string property, TimeSpan otherwise) => Text(property) switch
    {
        null => otherwise,
        var text when Units.TryDuration(text, out var duration) => duration.Value,
        var text => Wrong(
            property, $"'{text}'",
            $"a number and a unit ({Units.OfDurations}), like {Units.Duration(otherwise)}", otherwise),
    };

    public int Bytes(string property, int otherwise) => Text(property) switch
    {
        null => otherwise,
        var text when Units.TryBytes(text, out var bytes) => bytes.Value,
        var text => Wrong(
            property, $"'{text}'",
            "a whole number of bytes below 2 GiB, or with a unit "
                + $"({Units.OfSizes}), like {Units.Bytes(otherwise)}",
            otherwise),
    };

    public int Count(string property, int otherwise) => Text(property) switch
    {
        null => otherwise,
        var text when TryWhole(text, out var count) => count,
        var text => Wrong(property, $"'{text}'", "a whole number", otherwise),
    };

    public int? Seed(string property) => Text(property) switch
    {
        null or "off" => null,
        var text when TryWhole(text, out var seed) => seed,
        var text => Wrong<int?>(property, $"'{text}'", "a whole number, or off", null),
    };

    /// <summary>One of a few words.</summary>
    public T OneOf<T>(string property, T otherwise, params (string Word, T Value)[] choices) where T : struct
    {
        if (Text(property) is not { } text) return otherwise;
        foreach (var (word, value) in choices)
            if (word == text) return value;
        return Wrong(
            property, $"'{text}'", string.Join(" or ", choices.Select(choice => choice.Word)), otherwise);
    }

    public IReadOnlyList<string> RequiredTexts(string property, string example)
    {
        var items = Items(property);
        if (items is null) return [];
        if (items.Count == 0) return Missing<IReadOnlyList<string>>(property, example, []);
        if (items.All(IsText)) return [.. items.Select(item => item.GetString().Trim())];
        return Wrong<IReadOnlyList<string>>(
            property, "a list of something else", $"a list of texts, like {example}", []);
    }

    public IReadOnlyList<MemberAddress> RequiredMembers(string property, string example)
    {
        var items = Items(property);
        if (items is null) return [];
        if (items.Count == 0) return Missing<IReadOnlyList<MemberAddress>>(property, $"[{example}]", []);

        var members = new List<MemberAddress>();
        for (var i = 0; i < items.Count; i++)
        {
            var what = string.Create(CultureInfo.InvariantCulture, $"{NameOf(property)}, number {i + 1},");
            if (Member(items[i], what, example) is { } member) members.Add(member);
            else _unread.Add(property);
        }

        return members;
    }

    private MemberAddress? Member(HoconValue item, string what, string example)
    {
        if (!item.IsObject())
        {
            _mistakes.Add($"{what} is {HoconTree.Describe(item)}. It takes {example}.");
            return null;
        }

        var parts = item.GetObject().Items;
        foreach (var other in parts.Keys.Where(key => key is not ("id" or "address" or "priority")))
            _mistakes.Add($"{what} has '{other}', which is no setting. It takes {example}.");
        if (parts.GetValueOrDefault("id") is not { } id || !IsText(id)
            || parts.GetValueOrDefault("address") is not { } address || !IsText(address))
        {
            _mistakes.Add($"{what} needs both an id and an address. It takes {example}.");
            return null;
        }

        var priority = 0;
        if (parts.GetValueOrDefault("priority") is { } given
            && (!IsText(given) || !int.TryParse(
                given.GetString().Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out priority)))
        {
            _mistakes.Add($"{what} has a priority that is no whole number. It takes one like 1 or -1; 0 is the default.");
            return null;
        }

        try
        {
            return new MemberAddress(new ServerId(id.GetString().Trim()), address.GetString().Trim()) { Priority = priority };
        }
        catch (ArgumentException)
        {
            _mistakes.Add($"{what} has the id '{id.GetString().Trim()}'. It takes {AName}.");
            return null;
        }
    }

    // Null where it is no list, which has been said then.
    private IList<HoconValue>? Items(string property)
    {
        if (Find(_keys[property]) is not { } value || IsNothing(value)) return [];
        if (value.IsArray()) return value.GetArray();
        return Wrong<IList<HoconValue>?>(property, HoconTree.Describe(value), "a list: [ … ]", null);
    }

    private string? Text(string property)
    {
        if (Find(_keys[property]) is not { } value || IsNothing(value)) return null;
        return IsText(value)
            ? value.GetString().Trim()
            : Wrong<string?>(property, HoconTree.Describe(value), "a single value", null);
    }

    private HoconValue? Find(string key)
    {
        var section = _raft;
        var words = key.Split('.');
        foreach (var word in words[..^1])
            section = section?.Items.GetValueOrDefault(word) is { } inner && inner.IsObject()
                ? inner.GetObject()
                : null;
        return section?.Items.GetValueOrDefault(words[^1]);
    }

    private void FindUnknown(HoconObject section, string prefix)
    {
        foreach (var (word, value) in section.Items)
        {
            var key = prefix + word;
            if (SettingKeys.All.Contains(key) || SettingKeys.OfAkka.Contains(key)) continue;

            if (!SettingKeys.IsSection(key)) _mistakes.Add(Unknown(key));
            else if (value.IsObject()) FindUnknown(value.GetObject(), key + ".");
            else if (!IsNothing(value))
                _mistakes.Add(
                    $"raft.{key} is {HoconTree.Describe(value)}, and has to be a section: {word} {{ … }}.");
        }
    }

    private static string Unknown(string key) => SettingKeys.Nearest(key) is { } nearest
        ? $"raft.{key} is no setting. Did you mean raft.{nearest}?"
        : $"raft.{key} is no setting. Remove it, or put it outside of raft if other settings refer to it.";

    private T Missing<T>(string property, string example, T otherwise)
    {
        _unread.Add(property);
        _mistakes.Add(
            $"{NameOf(property)} is not set, and has no default. "
            + $"Write, for example, {_keys[property]} = {example}.");
        return otherwise;
    }

    private T Wrong<T>(string property, string what, string takes, T otherwise)
    {
        _unread.Add(property);
        _mistakes.Add($"{NameOf(property)} is {what}. It takes {takes}.");
        return otherwise;
    }

    private static bool IsText(HoconValue value) => !value.IsObject() && !value.IsArray();

    // "" and null say the same as nothing: reference.conf has to write something where there is no default.
    private static bool IsNothing(HoconValue value) =>
        IsText(value) && string.IsNullOrWhiteSpace(value.GetString());

    private static bool TryWhole(string text, out int number) => int.TryParse(
        text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}
