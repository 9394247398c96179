// Dates and times. datetime.h's PyDateTimeAPI is a process-wide static and stays unused here: the
// pointer is kept per interpreter, and the macros that go through it are not called.
#include "values.h"

#include <datetime.h>

#include "values_parts.h"

namespace ophion {
namespace {

constexpr int kNanos = 1000;  // in a microsecond

constexpr int32_t kLargestOffset = 18 * 3600;  // seconds; java.time.ZoneOffset ends there

enum class Zone : uint8_t { kNaive = 0, kOffset = 1, kRegion = 2 };

struct ZoneOf {
  Zone kind = Zone::kNaive;
  Ref key;             // of a region
  int32_t offset = 0;  // seconds
};

PyDateTime_CAPI& datetime(Interpreter& interpreter) {
  void*& kept = interpreter.types.datetime_api;
  if (kept == nullptr) {
    kept = PyCapsule_Import(PyDateTime_CAPSULE_NAME, 0);
    if (kept == nullptr) throw PythonError();
  }
  return *static_cast<PyDateTime_CAPI*>(kept);
}

// The offset in whole seconds; false if there is none or Java cannot hold it.
bool whole_offset(PyDateTime_CAPI& api, PyObject* delta, int32_t& seconds) {
  if (!PyObject_TypeCheck(delta, api.DeltaType)) return false;
  if (PyDateTime_DELTA_GET_MICROSECONDS(delta) != 0) return false;
  seconds = PyDateTime_DELTA_GET_DAYS(delta) * 86400 + PyDateTime_DELTA_GET_SECONDS(delta);
  return seconds >= -kLargestOffset && seconds <= kLargestOffset;
}

// False if the zone has no counterpart in Java. Runs Python code of foreign tzinfo classes.
bool zone_of(Interpreter& interpreter, PyObject* object, PyObject* tzinfo, bool dated,
             ZoneOf& zone) {
  if (tzinfo == Py_None) return true;
  Types& types = interpreter.types;
  Ref held = Ref::borrow(tzinfo);
  PyTypeObject* region = types.loaded(KnownClass::kZoneInfo);
  zone.kind = Zone::kOffset;
  if (region != nullptr && PyObject_TypeCheck(tzinfo, region)) {
    zone.key = attribute_of(tzinfo, types.name(Name::kKey));
    if (dated && zone.key && PyUnicode_Check(zone.key.get())) zone.kind = Zone::kRegion;
  }
  Ref delta = Ref::steal(PyObject_CallMethodNoArgs(object, types.name(Name::kUtcoffset)));
  return whole_offset(datetime(interpreter), delta.get(), zone.offset);
}

void put_date(Writer& writer, PyObject* object) {
  writer.put(static_cast<int32_t>(PyDateTime_GET_YEAR(object)));
  writer.put(static_cast<uint8_t>(PyDateTime_GET_MONTH(object)));
  writer.put(static_cast<uint8_t>(PyDateTime_GET_DAY(object)));
}

void put_clock(Writer& writer, int hour, int minute, int second, int nanosecond, int fold) {
  writer.put(static_cast<uint8_t>(hour));
  writer.put(static_cast<uint8_t>(minute));
  writer.put(static_cast<uint8_t>(second));
  writer.put(static_cast<int32_t>(nanosecond));
  writer.put(static_cast<uint8_t>(fold));
}

void put_zone(Writer& writer, const ZoneOf& zone) {
  writer.put(static_cast<uint8_t>(zone.kind));
  if (zone.kind == Zone::kRegion) write_str(writer, zone.key.get());
  if (zone.kind != Zone::kNaive) writer.put(zone.offset);
}

bool write_clock_time(Interpreter& interpreter, Writer& writer, PyObject* object) {
  ZoneOf zone;
  if (!zone_of(interpreter, object, PyDateTime_TIME_GET_TZINFO(object), false, zone)) return false;
  writer.tag(Tag::kTime);
  put_clock(writer, PyDateTime_TIME_GET_HOUR(object), PyDateTime_TIME_GET_MINUTE(object),
            PyDateTime_TIME_GET_SECOND(object), kNanos * PyDateTime_TIME_GET_MICROSECOND(object),
            PyDateTime_TIME_GET_FOLD(object));
  put_zone(writer, zone);
  return true;
}

// pandas has one for "not a time", which is a datetime of the year 1 to C code.
bool is_nat(PyObject* object) {
  PyObject* module = loaded_module("pandas._libs.tslibs.nattype");
  return module != nullptr && PyDict_GetItemString(PyModule_GetDict(module), "NaT") == object;
}

// Whether an attribute of a subclass is the number that its base class has for it.
bool agrees(PyObject* object, const char* name, long expected) {
  Ref key = Ref::steal(PyUnicode_FromString(name));
  Ref said = attribute_of(object, key.get());
  if (!said || !PyLong_Check(said.get())) return false;
  int overflow = 0;
  return PyLong_AsLongAndOverflow(said.get(), &overflow) == expected && overflow == 0;
}

// The nanoseconds below the microseconds that pandas' Timestamp and Timedelta have. False for what
// cannot be such a number.
bool finer_part(PyObject* object, const char* name, int& nanoseconds) {
  nanoseconds = 0;
  Ref key = Ref::steal(PyUnicode_FromString(name));
  PyObject* found = nullptr;
  if (PyObject_GetOptionalAttr(object, key.get(), &found) == 0) return true;
  Ref said = unless_raised(found);
  if (!said || !PyLong_Check(said.get())) return false;
  int overflow = 0;
  long number = PyLong_AsLongAndOverflow(said.get(), &overflow);
  if (overflow != 0 || number < 0 || number >= kNanos) return false;
  nanoseconds = static_cast<int>(number);
  return true;
}

bool write_datetime(Interpreter& interpreter, Writer& writer, PyObject* object) {
  int finer = 0;
  if (!Py_IS_TYPE(object, datetime(interpreter).DateTimeType)) {
    if (is_nat(object)) {
      writer.tag(Tag::kNone);
      return true;
    }
    // A Timestamp outside the years of datetime has another one for it.
    if (!agrees(object, "year", PyDateTime_GET_YEAR(object))) return false;
    if (!finer_part(object, "nanosecond", finer)) return false;
  }
  ZoneOf zone;
  if (!zone_of(interpreter, object, PyDateTime_DATE_GET_TZINFO(object), true, zone)) return false;
  writer.tag(Tag::kDateTime);
  put_date(writer, object);
  put_clock(writer, PyDateTime_DATE_GET_HOUR(object), PyDateTime_DATE_GET_MINUTE(object),
            PyDateTime_DATE_GET_SECOND(object),
            kNanos * PyDateTime_DATE_GET_MICROSECOND(object) + finer,
            PyDateTime_DATE_GET_FOLD(object));
  put_zone(writer, zone);
  return true;
}

bool write_duration(Interpreter& interpreter, Writer& writer, PyObject* object) {
  int days = PyDateTime_DELTA_GET_DAYS(object);
  int seconds = PyDateTime_DELTA_GET_SECONDS(object);
  int microseconds = PyDateTime_DELTA_GET_MICROSECONDS(object);
  int finer = 0;
  if (!Py_IS_TYPE(object, datetime(interpreter).DeltaType)) {
    bool same = agrees(object, "days", days) && agrees(object, "seconds", seconds) &&
                agrees(object, "microseconds", microseconds);
    if (!same || !finer_part(object, "nanoseconds", finer)) return false;
  }
  writer.tag(Tag::kTimeDelta);
  writer.put(static_cast<int32_t>(days));
  writer.put(static_cast<int32_t>(seconds));
  writer.put(static_cast<int32_t>(kNanos * microseconds + finer));
  return true;
}

struct Date {
  int32_t year;
  uint8_t month;
  uint8_t day;
};

struct Clock {
  uint8_t hour;
  uint8_t minute;
  uint8_t second;
  int32_t microsecond;
  uint8_t fold;
};

Date get_date(Reader& reader) {
  Date date{};
  date.year = reader.get<int32_t>();
  date.month = reader.get<uint8_t>();
  date.day = reader.get<uint8_t>();
  return date;
}

Clock get_clock(Reader& reader) {
  Clock clock{};
  clock.hour = reader.get<uint8_t>();
  clock.minute = reader.get<uint8_t>();
  clock.second = reader.get<uint8_t>();
  clock.microsecond = reader.get<int32_t>() / kNanos;  // Java sends whole microseconds
  clock.fold = reader.get<uint8_t>();
  return clock;
}

Ref fixed_offset(PyDateTime_CAPI& api, int32_t seconds) {
  if (seconds == 0) return Ref::borrow(api.TimeZone_UTC);
  Ref delta = Ref::steal(api.Delta_FromDelta(0, seconds, 0, 1, api.DeltaType));
  return Ref::steal(api.TimeZone_FromTimeZone(delta.get(), nullptr));
}

Ref region(Interpreter& interpreter, PyObject* key) {
  auto* type = reinterpret_cast<PyObject*>(interpreter.types.import(KnownClass::kZoneInfo));
  PyObject* made = PyObject_CallOneArg(type, key);
  if (made != nullptr) return Ref::steal(made);
  // ZoneInfoNotFoundError is a KeyError; a malformed key is a ValueError.
  if (!PyErr_ExceptionMatches(PyExc_KeyError) && !PyErr_ExceptionMatches(PyExc_ValueError)) {
    throw PythonError();
  }
  PyErr_Clear();
  refuse("Python's time zone data has no zone '" + readable(key) +
         "': install the package tzdata, or pass an OffsetDateTime.");
}

// Python and Java each have time zone data of their own.
void check_offset(Interpreter& interpreter, PyObject* made, PyObject* key, int32_t expected) {
  Ref delta = Ref::steal(PyObject_CallMethodNoArgs(made, interpreter.types.name(Name::kUtcoffset)));
  int32_t seconds = 0;
  if (whole_offset(datetime(interpreter), delta.get(), seconds) && seconds == expected) return;
  Ref text = Ref::steal(PyObject_Str(delta.get()));
  refuse("The zone '" + readable(key) + "' is " + std::to_string(expected) +
         " seconds from UTC then by Java's time zone data, but " + readable(text.get()) +
         " by Python's: update the older data, or pass an OffsetDateTime.");
}

Ref read_datetime(Interpreter& interpreter, Reader& reader) {
  PyDateTime_CAPI& api = datetime(interpreter);
  Date date = get_date(reader);
  Clock clock = get_clock(reader);
  auto kind = static_cast<Zone>(reader.get<uint8_t>());
  Ref key;
  int32_t offset = 0;
  Ref tzinfo = Ref::borrow(Py_None);
  if (kind == Zone::kRegion) key = read_str(reader);
  if (kind != Zone::kNaive) offset = reader.get<int32_t>();
  if (kind == Zone::kOffset) tzinfo = fixed_offset(api, offset);
  if (kind == Zone::kRegion) tzinfo = region(interpreter, key.get());
  Ref made = Ref::steal(api.DateTime_FromDateAndTimeAndFold(
      date.year, date.month, date.day, clock.hour, clock.minute, clock.second, clock.microsecond,
      tzinfo.get(), clock.fold, api.DateTimeType));
  if (kind == Zone::kRegion) check_offset(interpreter, made.get(), key.get(), offset);
  return made;
}

Ref read_clock_time(Interpreter& interpreter, Reader& reader) {
  PyDateTime_CAPI& api = datetime(interpreter);
  Clock clock = get_clock(reader);
  auto kind = static_cast<Zone>(reader.get<uint8_t>());
  if (kind == Zone::kRegion) throw WireError("a time of day has no region");
  Ref tzinfo =
      kind == Zone::kNaive ? Ref::borrow(Py_None) : fixed_offset(api, reader.get<int32_t>());
  return Ref::steal(api.Time_FromTimeAndFold(clock.hour, clock.minute, clock.second,
                                             clock.microsecond, tzinfo.get(), clock.fold,
                                             api.TimeType));
}

}  // namespace

TimeKind time_kind(Interpreter& interpreter, PyObject* object) {
  if (interpreter.types.datetime_api == nullptr) {
    // The capsule's import finds the module there, so that nothing is imported.
    if (loaded_module("datetime") == nullptr || loaded_module("_datetime") == nullptr) {
      return TimeKind::kNone;
    }
  }
  PyDateTime_CAPI& api = datetime(interpreter);
  if (PyObject_TypeCheck(object, api.DateTimeType)) return TimeKind::kDateTime;
  if (PyObject_TypeCheck(object, api.DateType)) return TimeKind::kDate;
  if (PyObject_TypeCheck(object, api.TimeType)) return TimeKind::kTime;
  if (PyObject_TypeCheck(object, api.DeltaType)) return TimeKind::kTimeDelta;
  return TimeKind::kNone;
}

bool write_time(Interpreter& interpreter, Writer& writer, TimeKind kind, PyObject* object) {
  switch (kind) {
    case TimeKind::kDateTime:
      return write_datetime(interpreter, writer, object);
    case TimeKind::kTime:
      return write_clock_time(interpreter, writer, object);
    case TimeKind::kDate:
      writer.tag(Tag::kDate);
      put_date(writer, object);
      return true;
    case TimeKind::kTimeDelta:
      return write_duration(interpreter, writer, object);
    case TimeKind::kNone:
      break;
  }
  return false;
}

Ref read_time(Interpreter& interpreter, Reader& reader, Tag tag) {
  if (tag == Tag::kDateTime) return read_datetime(interpreter, reader);
  if (tag == Tag::kTime) return read_clock_time(interpreter, reader);
  PyDateTime_CAPI& api = datetime(interpreter);
  if (tag == Tag::kDate) {
    Date date = get_date(reader);
    return Ref::steal(api.Date_FromDate(date.year, date.month, date.day, api.DateType));
  }
  auto days = reader.get<int32_t>();
  auto seconds = reader.get<int32_t>();
  auto microseconds = reader.get<int32_t>() / kNanos;
  return Ref::steal(api.Delta_FromDelta(days, seconds, microseconds, 1, api.DeltaType));
}

}  // namespace ophion
