SELECT arrayMap(text -> extractGroups(text, {pattern:String}), {texts:Array(String)})
